// The mutants: patches that each break one guarantee, and that the named test has to notice by failing an assertion. A test that
// passes with its mutant proves nothing, and a patch that no longer applies is about code that is gone.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '../../command.ts'
import { printFindings } from '../findings.ts'
import { runBounded } from '../run-bounded.ts'
import { HOME, toolScript } from '../tool.ts'
import { parseMutant, type Mutant } from './parse.ts'
import type { RunEnd } from './reporter.ts'
import { Scratch } from './scratch.ts'
import { baselineProblem, survival } from './verdict.ts'

const FOLDER = 'test/mutants'
const LANES = 2
/** A mutant may make a loop endless, which no assertion notices. */
const LIMIT_MS = 60_000
const BASELINE_LIMIT_MS = 10 * 60_000

/** It has to be a program; an import that it no longer uses does not make it less of one. */
const COMPILES = [
  '--noEmit',
  '--pretty',
  'false',
  '--noUnusedLocals',
  'false',
  '--noUnusedParameters',
  'false',
]

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
  // One run for all: the tests that mutants name, as they are.
  const baseline = await runTests(openScratch(), fit, BASELINE_LIMIT_MS)
  if (typeof baseline === 'string') return [...problems, `without any mutant: ${baseline}`]
  const waiting = fit.filter((mutant) => {
    const problem = baselineProblem(mutant, baseline)
    if (problem !== undefined) problems.push(`${mutant.file}: ${problem}`)
    return problem === undefined
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
  const patch = join(root, mutant.file)
  const touched = patchedFiles(patch)
  try {
    const applied = apply(scratch.folder, patch)
    if (!applied.ok) return `does not apply:\n${applied.output.trimEnd()}`
    for (const project of mutant.projects) {
      const args = [
        ...[toolScript('typescript', 'tsc'), '-p', join(project, 'tsconfig.json'), ...COMPILES],
        // A mutant is one file: what does not depend on it is not looked at again.
        ...['--incremental', '--tsBuildInfoFile', join('.cache', project, 'tsbuildinfo')],
      ]
      const { ok, output } = await runBounded(args, { cwd: scratch.folder, limitMs: LIMIT_MS })
      if (!ok) return `does not compile:\n${output.trimEnd()}`
    }
    const end = await runTests(scratch, [mutant], LIMIT_MS)
    return typeof end === 'string' ? `no assertion, but ${end}` : survival(mutant, end)
  } finally {
    for (const file of touched) scratch.restore(file)
  }
}

function apply(folder: string, patch: string): { readonly ok: boolean; readonly output: string } {
  // Were the folder for temporary files inside a repository, git would take that one's root for the root of the patch.
  return runCommand('git', ['apply', '--whitespace=nowarn', patch], {
    cwd: folder,
    env: { GIT_CEILING_DIRECTORIES: dirname(folder), GIT_DIR: undefined },
  })
}

function patchedFiles(patch: string): readonly string[] {
  const text = readFileSync(patch, 'utf8')
  return [...text.matchAll(/^\+\+\+ b\/(\S+)/gm)]
    .map(([, path = '']) => path)
    .filter((path) => existsSync(join(root, path)))
}

/** Runs the tests that these mutants name; a text where that came to no end. */
async function runTests(
  scratch: Scratch,
  wanted: readonly Mutant[],
  limitMs: number,
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
  ]
  const { output } = await runBounded(args, {
    cwd: scratch.folder,
    limitMs,
    env: { WS_MUTANT_REPORT: report },
  })
  if (!existsSync(report)) return output.trimEnd() || 'vitest said nothing'
  return JSON.parse(readFileSync(report, 'utf8'))
}
