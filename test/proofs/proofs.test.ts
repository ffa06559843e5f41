import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  formatTable,
  parseTable,
  proofAges,
  readProofs,
  recordProof,
  type Proof,
} from '../../scripts/proofs.ts'

const PROOF: Proof = {
  what: 'soak core',
  date: '2026-01-31',
  commit: '0123456789+',
  count: '1000',
  seed: '1',
  versions: 'node 24.21.0',
  result: 'passed | in 3 s',
  covers: ['packages/core', 'soak/core.ts'],
}

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ws-proofs-'))
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs/proofs.md'), '# Proofs\n\nWhat they are.\n')
  writeFileSync(join(root, 'covered.ts'), '1')
  git('init', '--quiet')
  commit('first')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('the table of proofs', () => {
  it('reads what it wrote', () => {
    expect(parseTable(formatTable([PROOF, { ...PROOF, what: 'bench', seed: '' }]))).toEqual([
      PROOF,
      { ...PROOF, what: 'bench', seed: '' },
    ])
  })

  it('keeps the text above the table, and one row a command', () => {
    recordProof(root, { ...PROOF, what: 'soak core' })
    recordProof(root, { ...PROOF, what: 'bench' })
    recordProof(root, { ...PROOF, what: 'soak core', count: '2000' })
    expect(readFileSync(join(root, 'docs/proofs.md'), 'utf8')).toMatch(
      /^# Proofs\n\nWhat they are\.\n\n<!-- prettier-ignore -->\n\| what /,
    )
    expect(readProofs(root).map(({ what, count }) => [what, count])).toEqual([
      ['bench', '1000'],
      ['soak core', '2000'],
    ])
  })

  it('marks the commit of a proof of changes that are not committed', () => {
    writeFileSync(join(root, 'covered.ts'), '2')
    recordProof(root, { ...PROOF, covers: ['covered.ts'] })
    expect(readProofs(root)[0]?.commit).toMatch(/^[0-9a-f]{10}\+$/)
  })
})

describe('the age of a proof', () => {
  beforeEach(() => recordProof(root, { ...PROOF, covers: ['covered.ts'] }))

  it('counts the commits that touch what it covers, and no others', () => {
    commit('the row itself')
    expect(ages()).toEqual(['soak core: up to date'])
    writeFileSync(join(root, 'covered.ts'), '2')
    expect(ages()).toEqual(['soak core: older than uncommitted changes'])
    commit('covered')
    expect(ages()).toEqual(['soak core: 1 commit old'])
  })

  it('is unknown where the commit is not there', () => {
    const file = join(root, 'docs/proofs.md')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/[0-9a-f]{10}/, '0123456789'))
    expect(ages()).toEqual(['soak core: age unknown'])
  })
})

function ages() {
  return proofAges(root).map((line) => line.replace(/, proved on .*/, ''))
}

function commit(message: string) {
  git('add', '--all')
  git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', `--message=${message}`)
}

function git(...args: string[]) {
  execFileSync('git', args, { cwd: root })
}
