// The mutants: patches that each break one guarantee, and that the named test has to notice by failing an assertion. A test that
// passes with its mutant proves nothing, and a patch that no longer applies is about code that is gone.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printFindings } from '../findings.ts'
import { runBounded } from '../run-bounded.ts'
import { HOME, toolScript } from '../tool.ts'
import { compileMutants } from './compile.ts'
import { parseMutant, type Mutant } from './parse.ts'
import { applyMutant, undoMutants } from './patch.ts'
import type { RunEnd } from './reporter.ts'
import { Scratch } from './scratch.ts'
import { baselineProblem, survival } from './verdict.ts'

const FOLDER = 'test/mutants'
const LANES = 2
/** A mutant may make a loop endless, which no assertion notices. */
const LIMIT_MS = 60_000
const BASELINE_LIMIT_MS = 10 * 60_000

const root = process.cwd()
const names = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((name) => name.endsWith('.patch'))
      .sort()
  : []
const parsed = names.map((name) => parseMutant(`${FOLDER}/${name}`, readFileSync(join(FOLDER, name), 'utf8')))
const mutants = parsed.filter((each) => typeof each !== 'string')
const findings = parsed.filter((each) => typeof each === 'string')
const reports = mkdtempSync(join(tmpdir(), 'ws-mutants-'))
const scratches: Scratch[] = []
try {
  if (mutants.length > 0) findings.push(...(await tryAll()))
} finally {
  for (const scratch of scratches) scratch.remove()
  rmSync(reports, { recursive: true, force: true })
}
printFindings(findings, `${mutants.length} noticed`)

async function tryAll(): Promise<readonly string[]> {
  const problems: string[] = []
  const fit = mutants.filter((mutant) => {
    if (existsSync(join(root, mutant.test))) return true
    problems.push(`${mutant.file}: there is no ${mutant.test}`)
    return false
  })
  if (fit.length === 0) return problems
  // One run for all: the tests that mutants name, as they are. Meanwhile, whether the mutants are programs.
  const [baseline, unfit] = await Promise.all([
    // In as few processes as there are processors: what these tests load takes longer than they do.
    runTests(openScratch(), fit, { limitMs: BASELINE_LIMIT_MS, args: ['--no-isolate'] }),
    compileMutants(root, openScratch(), fit),
  ])
  for (const [{ file }, problem] of unfit) problems.push(`${file}: ${problem}`)
  if (typeof baseline === 'string') return [...problems, `without any mutant: ${baseline}`]
  const waiting = fit.filter((mutant) => {
    const problem = baselineProblem(mutant, baseline)
    if (problem !== undefined) problems.push(`${mutant.file}: ${problem}`)
    return problem === undefined && !unfit.has(mutant)
  })
  const lane = async (_: unknown, at: number) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const problem = await tryOne(scratches[at] ?? openScratch(), mutant)
      if (problem !== undefined) problems.push(`${mutant.file}: ${problem}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, waiting.length) }, lane))
  return problems
}

function openScratch(): Scratch {
  const scratch = new Scratch(root)
  scratches.push(scratch)
  return scratch
}

async function tryOne(scratch: Scratch, mutant: Mutant): Promise<string | undefined> {
  try {
    const problem = applyMutant(root, scratch, mutant)
    if (problem !== undefined) return problem
    const end = await runTests(scratch, [mutant], { limitMs: LIMIT_MS })
    return typeof end === 'string' ? `no assertion, but ${end}` : survival(mutant, end)
  } finally {
    undoMutants(root, scratch, [mutant])
  }
}

/** Runs the tests that these mutants name; a text where that came to no end. */
async function runTests(
  scratch: Scratch,
  wanted: readonly Mutant[],
  { limitMs, args: more = [] }: { readonly limitMs: number; readonly args?: readonly string[] },
): Promise<RunEnd | string> {
  const report = join(reports, `${scratches.indexOf(scratch)}.json`)
  rmSync(report, { force: true })
  const patterns = wanted.map(({ name }) => `(?:${name})`)
  const args = [
    toolScript('vitest', 'vitest'),
    'run',
    ...new Set(wanted.map(({ test }) => test)),
    '--testNamePattern',
    patterns.join('|'),
    '--reporter',
    join(HOME, 'scripts/gate/mutants/reporter.ts'),
    '--no-cache',
    ...more,
  ]
  const { output } = await runBounded(args, {
    cwd: scratch.folder,
    limitMs,
    env: { WS_MUTANT_REPORT: report },
  })
  if (!existsSync(report)) return output.trimEnd() || 'vitest said nothing'
  return JSON.parse(readFileSync(report, 'utf8'))
}
