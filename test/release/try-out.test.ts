import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tryOut } from '../../scripts/release/try-out.ts'

const MANIFEST = {
  name: '@ws/fixture',
  version: '1.0.0',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
}

const SOUND = {
  'dist/index.js': 'export const answer = 42\n',
  'dist/index.d.ts': 'export declare const answer: number\n',
  'README.md':
    "```ts\nimport { answer } from '@ws/fixture'\nconst n: number = answer\nif (n !== 42) throw new Error('no')\n```\n",
}

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ws-try-out-'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('trying packed packages out', { timeout: 60_000 }, () => {
  it('passes a sound package', () => {
    expect(notPassed({})).toEqual([])
  })

  it('refuses one that cannot be required', () => {
    expect(notPassed({ 'dist/index.js': 'export const answer = await 42\n' })).toEqual([
      'require of @ws/fixture on Node here',
    ])
  })

  it('refuses one whose types name a module that is not there', () => {
    const types = "import type { Gone } from './gone.js'\nexport declare const answer: Gone\n"
    expect(notPassed({ 'dist/index.d.ts': types })).toEqual(['types under TypeScript 7'])
  })

  it('refuses a pool whose options may be anything', () => {
    const types =
      'export declare const answer: number\nexport declare function launchCluster(...any: any[]): any\n'
    expect(notPassed({ 'dist/index.d.ts': types }, '@ws/pool')).toEqual([
      'use of @ws/pool under TypeScript 7',
      'first example of package/README.md on Node here',
    ])
  })

  it('refuses one whose first example does not run', () => {
    expect(notPassed({ 'README.md': '```ts\nnothere()\n```\n' })).toEqual([
      'first example of package/README.md on Node here',
    ])
    expect(notPassed({ 'README.md': 'Nothing to see.\n' })).toEqual([
      'first example of package/README.md on Node here',
    ])
  })
})

/** What tryOut finds wrong when these files replace sound ones. It has no dependencies, so npm needs no network. */
function notPassed(files: Record<string, string>, name = MANIFEST.name): readonly string[] {
  const manifest = { ...MANIFEST, name }
  const folder = join(root, 'package')
  for (const [path, text] of Object.entries({
    ...SOUND,
    ...files,
    'package.json': JSON.stringify(manifest),
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  writeFileSync(join(root, 'README.md'), '```ts\nconsole.log(1)\n```\n')
  execFileSync('tar', ['-czf', 'fixture.tgz', 'package'], { cwd: root })
  const checks = tryOut({
    root,
    folder: join(root, 'project'),
    manager: 'npm',
    packed: [{ folder, manifest, tarball: join(root, 'fixture.tgz') }],
    node: { version: 'here', program: process.execPath },
    compilers: [{ version: '7', tsc: TSC }],
  })
  return checks.filter(({ outcome }) => outcome !== 'passed').map(({ what }) => what)
}
