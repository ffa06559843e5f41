// docs/proofs.md: what the longer commands proved, and when. They write their own rows; `npm test` prints how old each one is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.ts'

export interface Proof {
  /** The command; a newer proof of the same command replaces the older row. */
  readonly what: string
  /** `2026-01-31` */
  readonly date: string
  /** Abbreviated; a `+` behind it says that covered files had changes which no commit holds. */
  readonly commit: string
  /** How many cases, in words where a bare number would not say of what. */
  readonly count: string
  /** Empty where nothing is drawn at random. */
  readonly seed: string
  readonly versions: string
  readonly result: string
  /** Paths whose change makes the proof older. */
  readonly covers: readonly string[]
}

const COLUMNS = ['what', 'date', 'commit', 'count', 'seed', 'versions', 'result', 'covers'] as const

// Aligned columns would change every row when one grows.
const UNALIGNED = '<!-- prettier-ignore -->'

/** Writes the row of what was just proved at the current commit. */
export function recordProof(root: string, proof: Omit<Proof, 'date' | 'commit'>): void {
  const date = new Date().toISOString().slice(0, 10)
  const rows = [...readProofs(root).filter(({ what }) => what !== proof.what)]
  rows.push({ ...proof, date, commit: currentCommit(root, proof.covers) })
  rows.sort((a, b) => (a.what < b.what ? -1 : 1))
  const file = proofsFile(root)
  const head = readFileSync(file, 'utf8').split(UNALIGNED)[0]?.trimEnd()
  writeFileSync(file, `${head}\n\n${UNALIGNED}\n${formatTable(rows)}\n`)
}

export function readProofs(root: string): readonly Proof[] {
  const file = proofsFile(root)
  return existsSync(file) ? parseTable(readFileSync(file, 'utf8')) : []
}

/** One line a proof, with the number of commits since it that touch what it covers. */
export function proofAges(root: string): readonly string[] {
  return readProofs(root).map(
    (proof) => `${proof.what}: ${age(root, proof)}, proved on ${proof.date} at ${proof.commit}`,
  )
}

function age(root: string, { commit, covers }: Proof): string {
  const range = `${commit.replace('+', '')}..HEAD`
  const { ok, stdout } = runCommand('git', ['rev-list', '--count', range, '--', ...covers], { cwd: root })
  // A shallow clone, or a commit that was never pushed.
  if (!ok) return 'age unknown'
  const commits = Number(stdout)
  if (commits > 0) return `${commits} ${commits === 1 ? 'commit' : 'commits'} old`
  return isDirty(root, covers) ? 'older than uncommitted changes' : 'up to date'
}

function currentCommit(root: string, covers: readonly string[]): string {
  const { ok, stdout } = runCommand('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root })
  return ok ? stdout.trim() + (isDirty(root, covers) ? '+' : '') : 'none'
}

function isDirty(root: string, covers: readonly string[]): boolean {
  return runCommand('git', ['status', '--porcelain', '--', ...covers], { cwd: root }).stdout.trim() !== ''
}

function proofsFile(root: string): string {
  return join(root, 'docs/proofs.md')
}

export function formatTable(rows: readonly Proof[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])))
  return [[...COLUMNS], COLUMNS.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function cell(value: string | readonly string[]): string {
  const text = typeof value === 'string' ? value : value.join(' ')
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export function parseTable(markdown: string): readonly Proof[] {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
  return rows.map((row) => {
    const cells = row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((text) => text.trim().replaceAll('\\|', '|'))
    const at = (column: (typeof COLUMNS)[number]) => cells[COLUMNS.indexOf(column)] ?? ''
    return {
      what: at('what'),
      date: at('date'),
      commit: at('commit'),
      count: at('count'),
      seed: at('seed'),
      versions: at('versions'),
      result: at('result'),
      covers: at('covers').split(' ').filter(Boolean),
    }
  })
}
