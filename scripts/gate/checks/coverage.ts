// What the unit tests reached, from the report that vitest left. Core decides everything, so each of its branches has to be taken;
// other packages act, and not every failure of a system can be made to happen.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { printFindings } from '../findings.ts'
import { packageFolders } from '../tracked-files.ts'

const REPORT = 'coverage/coverage-final.json'
const LEAST_LINES = 0.85

/** Run in processes or threads of their own, where vitest does not count; their tests start them as users do. */
const ELSEWHERE = [
  'packages/store/src/worker.ts',
  'packages/store/src/worker-protocol.ts',
  'packages/store/src/log/',
  'packages/testing/src/check-program/main.ts',
  'packages/testing/src/fake-agent/',
  'packages/testing/src/scripted-tool/echo.ts',
  'packages/testing/src/scripted-tool/runner.ts',
]

interface Place {
  readonly start: { readonly line: number | null }
}

interface FileCoverage {
  readonly path: string
  readonly statementMap: Readonly<Record<string, Place>>
  readonly s: Readonly<Record<string, number>>
  readonly branchMap: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly line?: number
        readonly loc: Place
        readonly locations: readonly Place[]
      }
    >
  >
  readonly b: Readonly<Record<string, readonly number[]>>
}

const root = process.cwd()
const findings: string[] = []
const shown: string[] = []
if (existsSync(REPORT)) look(Object.values<FileCoverage>(JSON.parse(readFileSync(REPORT, 'utf8'))))
else findings.push(`${REPORT} is missing: run the step "unit" first`)
printFindings(findings, shown.join('; '))

function look(files: readonly FileCoverage[]): void {
  for (const name of packageFolders(root)) {
    const folder = `packages/${name}/src/`
    const own = files.filter((file) => pathOf(file).startsWith(folder))
    const counted = own.filter((file) => !ELSEWHERE.some((start) => pathOf(file).startsWith(start)))
    const lines = ratio(counted.flatMap(lineHits))
    const branches = ratio(counted.flatMap((file) => Object.values(file.b).flat()))
    const elsewhere = own.length > counted.length ? ` (${own.length - counted.length} run elsewhere)` : ''
    shown.push(`${name}: lines ${percent(lines)}, branches ${percent(branches)}${elsewhere}`)
    if (name === 'core') findings.push(...counted.flatMap(untakenBranches))
    if (lines < LEAST_LINES) {
      findings.push(
        `${name}: ${percent(lines)} of lines, at least ${percent(LEAST_LINES)} wanted; the least of it:`,
      )
      findings.push(...worst(counted))
    }
  }
}

function untakenBranches(file: FileCoverage): readonly string[] {
  return Object.entries(file.b).flatMap(([id, hits]) => {
    const branch = file.branchMap[id]
    if (branch === undefined) return []
    return hits.flatMap((hit, arm) => {
      if (hit > 0) return []
      const line = branch.locations[arm]?.start.line ?? branch.loc.start.line ?? branch.line ?? 1
      // The arm of an `if` without `else` has no text of its own.
      const which =
        branch.type === 'if' ? (arm === 0 ? 'never true' : 'never false') : `arm ${arm + 1} never taken`
      return [`${pathOf(file)}:${line}: ${branch.type}, ${which}`]
    })
  })
}

function worst(files: readonly FileCoverage[]): readonly string[] {
  return files
    .map((file) => ({ file, missed: lineHits(file).filter((hits) => hits === 0).length }))
    .filter(({ missed }) => missed > 0)
    .sort((a, b) => b.missed - a.missed)
    .slice(0, 10)
    .map(({ file, missed }) => `  ${pathOf(file)}: ${missed} lines not reached (${missedLines(file)})`)
}

/** `12-15, 20` */
function missedLines(file: FileCoverage): string {
  const lines = [...hitsByLine(file)].filter(([, hits]) => hits === 0).map(([line]) => line)
  const spans: [first: number, last: number][] = []
  for (const line of lines.sort((a, b) => a - b)) {
    const span = spans.at(-1)
    if (span?.[1] === line - 1) span[1] = line
    else spans.push([line, line])
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}

function lineHits(file: FileCoverage): readonly number[] {
  return [...hitsByLine(file).values()]
}

function hitsByLine({ statementMap, s }: FileCoverage): ReadonlyMap<number, number> {
  const hits = new Map<number, number>()
  for (const [id, { start }] of Object.entries(statementMap)) {
    if (start.line !== null) hits.set(start.line, Math.max(hits.get(start.line) ?? 0, s[id] ?? 0))
  }
  return hits
}

function ratio(hits: readonly number[]): number {
  return hits.length === 0 ? 1 : hits.filter((hit) => hit > 0).length / hits.length
}

/** Rounded down: 100 % means all. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`
}

function pathOf({ path }: FileCoverage): string {
  return relative(root, path).replaceAll('\\', '/')
}
