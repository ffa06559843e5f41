// npm test, or with the Node of `engines`: node scripts/gate/gate.ts [--only step,step] [--skip step,step] [--list] [--root folder]
// Everything that a change has to pass. The last line is `N passed, N failed`.
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { proofAges } from '../proofs.ts'
import { countStep, lastLine } from './count.ts'
import { keepTemporaryFilesInMemory } from './fast-temp.ts'
import { killAll } from './run-bounded.ts'
import { runSteps, type StepResult } from './run-steps.ts'
import { STEPS, TEST_REPORT, type Step } from './steps.ts'
import { HOME } from './tool.ts'

/** More than two slow each other down on a machine with two cores, and the tests use several themselves. */
const LANES = 2

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    skip: { type: 'string' },
    list: { type: 'boolean', default: false },
    root: { type: 'string', default: HOME },
  },
})

// Tests start hundreds of programs from their sources: what Node makes of these is made once.
process.env.NODE_COMPILE_CACHE ??= join(HOME, '.cache/node')

// A gate that only lists its steps makes nothing.
if (!values.list) keepTemporaryFilesInMemory()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killAll()
    process.exit(130)
  })
}

if (values.list) for (const { name, proves } of STEPS) console.log(`${name.padEnd(14)}${proves}`)
else await runGate(resolve(values.root))

async function runGate(root: string): Promise<void> {
  const steps = chosen()
  // A report of an earlier run must not be counted as one of this.
  rmSync(join(root, TEST_REPORT), { force: true })
  const results = await runSteps(steps, { root, lanes: LANES, report: printResult })
  printProofs(root)
  console.log(lastLine(results.map((result) => countStep(result, root))))
  if (results.some(({ outcome }) => outcome !== 'passed')) process.exitCode = 1
}

function chosen(): readonly Step[] {
  const only = names(values.only)
  const skip = names(values.skip)
  return STEPS.filter(({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name))
}

function names(list = ''): readonly string[] {
  const wanted = list.split(',').filter(Boolean)
  const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name))
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(', ')}; expected of ${STEPS.map(({ name }) => name).join(', ')}`)
    process.exit(2)
  }
  return wanted
}

function printResult({ step, outcome, seconds, output }: StepResult): void {
  const time = outcome === 'blocked' ? '' : `${seconds.toFixed(1)} s`
  const said = step.saysMore && outcome === 'passed' ? output.trimEnd().split('\n').at(-1) : undefined
  const more = outcome === 'blocked' ? output : said || step.proves
  console.log(`${outcome.padEnd(8)}${step.name.padEnd(14)}${time.padStart(8)}  ${more}`)
  if (outcome === 'failed') console.log(`\n${output.trimEnd()}\n`)
}

function printProofs(root: string): void {
  const ages = proofAges(root)
  if (ages.length > 0) console.log(`\nproofs that take longer than a gate may:\n${ages.join('\n')}\n`)
}
