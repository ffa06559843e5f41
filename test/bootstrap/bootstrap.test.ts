import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PNPM_PACKAGE } from '../../scripts/bootstrap/packages.cjs'

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url))

// Notes each call, and fails when another install runs at the same time. With WS_TEST_UNTIL it stays busy until that file exists (10 s at most).
const PNPM = `
import { appendFileSync, existsSync, mkdirSync, rmdirSync } from 'node:fs'
const args = process.argv.slice(2)
appendFileSync('pnpm-calls', args.join(' ') + '\\n')
if (args[0] === 'install') {
  if (process.env.WS_TEST_OFFLINE_FAILS && args.includes('--offline')) process.exit(1)
  mkdirSync('busy')
  const until = process.env.WS_TEST_UNTIL
  const cell = new Int32Array(new SharedArrayBuffer(4))
  for (let turn = 0; until && !existsSync(until) && turn < 1000; turn++) Atomics.wait(cell, 0, 0, 10)
  mkdirSync('node_modules', { recursive: true })
  rmdirSync('busy')
}
`

let folder = ''
let root = ''
let cache = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ws-bootstrap-'))
  root = join(folder, 'clone')
  cache = join(folder, 'cache')
  cpSync(join(SCRIPTS, 'bootstrap.cjs'), join(root, 'scripts/bootstrap.cjs'))
  cpSync(join(SCRIPTS, 'bootstrap'), join(root, 'scripts/bootstrap'), { recursive: true })
  write(join(root, 'package.json'), JSON.stringify({ type: 'module', engines: { node: '>=18' } }))
  write(join(root, 'pnpm-lock.yaml'), 'one')
  write(join(root, 'packages/cli/src/main.ts'), 'console.log(`ran ${process.argv.slice(2)}` as string)')
  const pnpm = join(cache, `pnpm@${PNPM_PACKAGE.version}/node_modules/pnpm`)
  write(join(pnpm, 'package.json'), JSON.stringify({ name: 'pnpm', version: PNPM_PACKAGE.version }))
  write(join(pnpm, 'bin/pnpm.mjs'), PNPM)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the bootstrap', () => {
  it('installs what the lockfile says, then runs the command with its arguments', async () => {
    const { code, stdout } = await bootstrap(['demo', 'a', '--b'])
    expect([code, stdout]).toEqual([0, 'ran demo,a,--b\n'])
    expect(pnpmCalls()).toEqual(['install --frozen-lockfile --offline --config.confirmModulesPurge=false'])
  })

  it('needs neither npm nor another install the second time', async () => {
    await bootstrap(['demo'])
    const { code, stderr } = await bootstrap(['demo'], { PATH: '' })
    expect([code, stderr]).toEqual([0, ''])
    expect(pnpmCalls()).toHaveLength(1)
  })

  it('installs again when the lockfile or a list of dependencies has changed', async () => {
    await bootstrap(['demo'])
    write(join(root, 'pnpm-lock.yaml'), 'two')
    await bootstrap(['demo'])
    write(join(root, 'packages/a/package.json'), JSON.stringify({ dependencies: { b: '1.0.0' } }))
    await bootstrap(['demo'])
    write(
      join(root, 'packages/a/package.json'),
      JSON.stringify({ version: '2.0.0', dependencies: { b: '1.0.0' } }),
    )
    await bootstrap(['demo'])
    expect(pnpmCalls()).toHaveLength(3)
  })

  it('goes to the registry only when the store lacks something', async () => {
    const { code } = await bootstrap(['demo'], { WS_TEST_OFFLINE_FAILS: '1' })
    expect(code).toBe(0)
    expect(pnpmCalls().map((call) => call.split(' ')[2])).toEqual(['--offline', '--prefer-offline'])
  })

  it('lets two in one clone install one after the other', async () => {
    const until = join(folder, 'the-other-waits')
    const env = { WS_TEST_UNTIL: until }
    const release = (stderr: string) => {
      if (stderr.includes('waiting for process')) writeFileSync(until, '')
    }
    const both = await Promise.all([bootstrap(['demo'], env, release), bootstrap(['demo'], env, release)])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(existsSync(until)).toBe(true)
    expect(pnpmCalls()).toHaveLength(1)
  })

  it('puts its Node and its pnpm first on PATH', async () => {
    write(join(root, 'packages/cli/src/main.ts'), 'console.log(process.env.PATH)')
    const { stdout } = await bootstrap(['demo'])
    expect(stdout.split(process.platform === 'win32' ? ';' : ':').slice(0, 3)).toEqual([
      dirname(process.execPath),
      join(cache, `bin-pnpm@${PNPM_PACKAGE.version}`),
      join(root, 'node_modules/.bin'),
    ])
  })

  it('hands on the exit code of the command', async () => {
    write(join(root, 'packages/cli/src/main.ts'), 'process.exitCode = 7')
    expect((await bootstrap(['demo'])).code).toBe(7)
  })

  it('fails when the install fails', async () => {
    mkdirSync(join(root, 'busy'))
    const { code, stderr } = await bootstrap(['demo'])
    expect(code).toBe(1)
    expect(stderr).toContain('ws: pnpm install failed (exit code 1); its message is above')
  })

  it('gives pnpm to whoever changes dependencies, without an install before it', async () => {
    await bootstrap(['pnpm', 'add', 'left-pad'])
    expect(pnpmCalls()).toEqual(['add left-pad'])
  })

  it('names its commands when it is asked for another', async () => {
    const { code, stderr } = await bootstrap(['tset'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^ws: no command "tset"; expected one of .*\btest\b/)
  })

  it('names the command that installs Node when it can fetch none', async () => {
    write(join(root, 'package.json'), JSON.stringify({ type: 'module', engines: { node: '>=99' } }))
    const { code, stderr } = await bootstrap(['demo'], { PATH: '' })
    expect(code).toBe(1)
    expect(stderr).toContain(
      `the running Node ${process.version} does not meet ">=99"; to install one that does:`,
    )
  })
})

function bootstrap(
  args: string[],
  extra: Record<string, string> = {},
  onStderr: (text: string) => void = () => {},
) {
  const { npm_execpath: _, ...env } = process.env
  const child = spawn(process.execPath, [join(root, 'scripts/bootstrap.cjs'), ...args], {
    cwd: root,
    env: { ...env, WS_TOOLCHAIN_CACHE: cache, ...extra },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    onStderr(stderr)
  })
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function pnpmCalls(): string[] {
  return readFileSync(join(root, 'pnpm-calls'), 'utf8').trim().split('\n')
}

function write(file: string, text: string) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
