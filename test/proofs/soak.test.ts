import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readProofs } from '../../scripts/proofs.ts'

// Its time is over after ten cases; it fails at seed 13.
const SOAK = `
export const covers = ['soak']
export async function run({ seed, count }) {
  const done = Math.min(count, 10)
  const seeds = Array.from({ length: done }, (_, at) => seed + at)
  const failures = seeds.filter((each) => each === 13).map((each) => ({ seed: each, message: 'unlucky' }))
  return { done, nextSeed: seed + done, failures }
}
`

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ws-soak-'))
  for (const folder of ['docs', 'soak']) mkdirSync(join(root, folder))
  cpSync(fileURLToPath(new URL('../../scripts', import.meta.url)), join(root, 'scripts'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(root, 'docs/proofs.md'), '# Proofs\n')
  writeFileSync(join(root, 'soak/tiny.ts'), SOAK)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('npm run soak', () => {
  it('ends with a summary, and writes its row', () => {
    const { status, summary } = soak('tiny', '--count', '5')
    expect(status).toBe(0)
    expect(summary).toMatchObject({ name: 'tiny', seed: 1, count: 5, done: 5, nextSeed: 6, failures: [] })
    expect(readProofs(root)).toMatchObject([{ what: 'soak tiny', count: '5', seed: '1', covers: ['soak'] }])
  })

  it('says how to go on when the time was over first', () => {
    const { status, stderr } = soak('tiny', '--count', '15', '--seed', '100')
    expect(status).toBe(0)
    expect(stderr).toContain('go on with --seed 110 --count 5')
  })

  it('fails with the seed that shows the failure', () => {
    const { status, stderr } = soak('tiny', '--seed', '9')
    expect(status).toBe(1)
    expect(stderr).toContain('seed 13: unlucky')
    expect(readProofs(root)[0]?.result).toContain('1 failed, first at seed 13')
  })

  it.each([
    [['big'], 'no soak "big"; there are: tiny'],
    [['tiny', '--minutes', '90'], '--minutes "90": expected a whole number from 1 to 60'],
    [['tiny', '--count', '1.5'], '--count "1.5": expected a whole number'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = soak(...args)
    expect(status).toBe(1)
    expect(stderr).toContain(message)
  })
})

function soak(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/soak.ts'), ...args], {
    encoding: 'utf8',
  })
  return {
    status,
    stderr,
    summary: status === 0 ? JSON.parse(stdout.trim().split('\n').at(-1) ?? '') : undefined,
  }
}
