import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheFolder, nodeVersion, provide } from '../../scripts/bootstrap/cache.cjs'
import { startLocalRegistry } from './local-registry.ts'

const TOOL = { name: 'tiny-tool', version: '1.2.3', integrity: '', program: 'bin/tool.js' }
const FILES = { 'bin/tool.js': 'console.log("tool")\n' }

let folder = ''
let cache = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ws-cache-'))
  cache = join(folder, 'cache')
  mkdirSync(cache)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the cache of programs', () => {
  it('gives what it has without asking anyone', () => {
    const program = keep('1.2.3')
    const said: string[] = []
    expect(provide(TOOL, { cache, say: (line) => said.push(line) })).toBe(program)
    expect(said).toEqual([])
  })

  it('fetches what it lacks, once', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    const first = await provideInChild({ ...TOOL, integrity: registry.integrity }, registry.url)
    const asked = registry.requests.length
    const second = await provideInChild({ ...TOOL, integrity: registry.integrity }, registry.url)
    expect(readFileSync(second.stdout.trim(), 'utf8')).toBe(FILES['bin/tool.js'])
    expect([first.code, second.code, registry.requests.length]).toEqual([0, 0, asked])
  })

  it('fetches once when two ask at the same time', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    const tool = { ...TOOL, integrity: registry.integrity }
    const both = await Promise.all([provideInChild(tool, registry.url), provideInChild(tool, registry.url)])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(both[0]?.stdout).toBe(both[1]?.stdout)
    expect(registry.requests.filter((path) => path.endsWith('.tgz'))).toHaveLength(1)
    expect(readdirSync(cache)).toEqual(['tiny-tool@1.2.3'])
  })

  it('replaces a folder that is half made', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    mkdirSync(join(cache, 'tiny-tool@1.2.3', 'node_modules'), { recursive: true })
    const { code } = await provideInChild({ ...TOOL, integrity: registry.integrity }, registry.url)
    expect(code).toBe(0)
    expect(readdirSync(cache)).toEqual(['tiny-tool@1.2.3'])
  })

  it('replaces a program of the wrong version', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    const program = keep('1.2.2')
    const { code } = await provideInChild({ ...TOOL, integrity: registry.integrity }, registry.url)
    expect(code).toBe(0)
    expect(readFileSync(join(dirname(program), '..', 'package.json'), 'utf8')).toContain('1.2.3')
  })

  it('refuses bytes that are not the pinned ones', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    const { code, stderr } = await provideInChild(
      { ...TOOL, integrity: `sha512-${'A'.repeat(86)}==` },
      registry.url,
    )
    expect(code).toBe(1)
    expect(stderr).toContain('EINTEGRITY')
    expect(readdirSync(cache)).toEqual([])
  })

  it('refuses a program that says another version than its package', async () => {
    await using registry = await startLocalRegistry(folder, TOOL.name, TOOL.version, FILES)
    const tool = { ...TOOL, integrity: registry.integrity }
    const { code, stderr } = await provideInChild(tool, registry.url, '() => "9.9.9"')
    expect(code).toBe(1)
    expect(stderr).toMatch(/tiny-tool should be 1\.2\.3, but .*tool\.js says 9\.9\.9/)
  })

  it('asks a Node for its version by running it', () => {
    expect(nodeVersion(process.execPath)).toBe(process.versions.node)
  })

  it('lies where the environment says, else in the user’s cache, else in the clone', () => {
    const root = join(folder, 'clone')
    const file = join(folder, 'not-a-folder')
    writeFileSync(file, '')
    const variable = process.platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'
    expect(cacheFolder(root, { WS_TOOLCHAIN_CACHE: cache })).toBe(cache)
    expect(cacheFolder(root, { [variable]: folder })).toBe(join(folder, 'ws-toolchain'))
    expect(cacheFolder(root, { [variable]: file })).toBe(join(root, '.cache', 'ws-toolchain'))
  })
})

function keep(version: string): string {
  const home = join(cache, `${TOOL.name}@${TOOL.version}`, 'node_modules', TOOL.name)
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: TOOL.name, version }))
  writeFileSync(join(home, TOOL.program), '')
  return join(home, TOOL.program)
}

/** In a process of its own, as two clones would: the wait for the lock and npm block the one they run in. */
function provideInChild(tool: typeof TOOL, registry: string, readVersion = 'undefined') {
  const module = fileURLToPath(new URL('../../scripts/bootstrap/cache.cjs', import.meta.url))
  const options = `{ cache: ${JSON.stringify(cache)}, say: () => {}, readVersion: ${readVersion} }`
  const source = `console.log(require(${JSON.stringify(module)}).provide(${JSON.stringify(tool)}, ${options}))`
  // The registry of these tests is on this machine: whoever sits behind a proxy must not ask it there.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'npm_execpath' && !/proxy$/i.test(name)),
  )
  const child = spawn(process.execPath, ['-e', source], {
    env: {
      ...env,
      npm_config_registry: registry,
      npm_config_cache: join(folder, 'npm'),
      npm_config_fetch_retries: '0',
    },
  })
  return finished(child)
}

function finished(
  child: ReturnType<typeof spawn>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}
