import { join } from 'node:path'
import { findPlanConflicts, parsePlan, systemClock } from '@ws/core'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { type DemoFacts, demoFacts } from '../demo/demo-facts.ts'
import { demoPlan } from '../demo/demo-files.ts'
import { type DemoRepository, makeDemoRepository } from '../demo/demo-repository.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import type { Terminal } from '../terminal.ts'
import { runCommand } from './run.ts'

const answers = z.object({
  version: z.literal(1),
  type: z.literal('demo'),
  isAsExpected: z.boolean(),
  seconds: z.number(),
  parallel: z.array(z.string()),
  predicted: z.array(z.object({ a: z.string(), b: z.string(), path: z.string() })),
  waited: z.array(z.object({ workstream: z.string(), holder: z.string(), path: z.string() })),
  quarantined: z.array(z.string()),
  landed: z.array(z.string()),
  folder: z.string().optional(),
})

/** `ws demo`: a plan on a repository of its own, with a scripted tool and real everything else. */
export const demoCommand: Command = {
  name: 'demo',
  says: 'Shows a run from its plan to its landings: real git, worktrees and processes, no model, nothing left behind.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    keep: { says: 'Leaves the repository to look at, and says where it is.' },
    json: { says: 'Writes each event as a line of JSON, and what happened as the last.' },
  },
  example: { line: 'ws demo', does: 'runs four workstreams in a temporary repository, within seconds' },
  answers,
  async run(given, terminal) {
    const clock = systemClock()
    const begun = clock.monotonic()
    const { plan } = await readPlan()
    const repository = await makeDemoRepository(terminal.env)
    try {
      const isJson = given.flags.has('json')
      // What its plan warns of is what the demo shows.
      const there: Terminal = { ...terminal, cwd: repository.path, err: () => {} }
      const say = (text: string) => {
        if (!isJson) writeWrapped(terminal, text)
      }
      say('A temporary repository, a scripted tool instead of a model, everything else real.\n')
      const predicted = findPlanConflicts(plan).map(({ a, b, witness }) => ({ a, b, path: witness }))
      if (!isJson) {
        say('$ ws run plan.yaml --dry-run')
        await runCommand.run(commandOf('dry-run'), there)
      }
      say('\n$ ws run plan.yaml')
      const code = await runCommand.run(commandOf(...(isJson ? ['json'] : [])), there)
      if (code === exitCodes.interrupted) return code
      const facts = await factsOf(repository, plan)
      const seconds = Math.round((clock.monotonic() - begun) / 100) / 10
      const isAsExpected = judge(facts, predicted)
      const told = { ...facts, predicted, seconds, isAsExpected }
      const folder = given.flags.has('keep') ? { folder: repository.path } : {}
      if (isJson) writeJson(terminal, { type: 'demo', ...told, ...folder })
      else await tell(told, repository, { terminal, isKept: given.flags.has('keep') })
      return isAsExpected ? exitCodes.completed : exitCodes.failed
    } finally {
      if (!given.flags.has('keep')) repository.remove()
    }
  },
}

function commandOf(...flags: readonly string[]): Given {
  return { positionals: ['plan.yaml'], flags: new Set(flags), values: new Map() }
}

async function readPlan() {
  const result = await parsePlan(demoPlan, { file: 'plan.yaml', tools: [{ name: 'scripted' }] })
  if (!result.ok) throw new TypeError('the plan of the demo is not right')
  return result
}

type DemoPlan = Awaited<ReturnType<typeof readPlan>>['plan']

async function factsOf({ path }: DemoRepository, { workstreams }: DemoPlan): Promise<DemoFacts> {
  const journal = await openSqliteJournal({ path: join(path, '.git', 'ws', 'journal.db') })
  try {
    const workstreamOf = new Map(workstreams.flatMap(({ id, tasks }) => tasks.map((task) => [task.id, id])))
    return await demoFacts(readEvents(journal), workstreamOf)
  } finally {
    await journal.close()
  }
}

type Predicted = z.output<typeof answers>['predicted']

function judge({ parallel, waited, quarantined, landed }: DemoFacts, predicted: Predicted): boolean {
  return (
    parallel.length >= 2 &&
    waited.some(({ workstream, holder }) => workstream === 'guide' && holder === 'prices') &&
    quarantined.join(' ') === 'cleanup' &&
    predicted.length === 1 &&
    landed.length === 3 &&
    landed.indexOf('prices') < landed.indexOf('guide')
  )
}

interface Told extends DemoFacts {
  readonly predicted: Predicted
  readonly seconds: number
  readonly isAsExpected: boolean
}

async function tell(
  { parallel, waited, quarantined, landed, predicted, seconds, isAsExpected }: Told,
  { git, path }: DemoRepository,
  { terminal, isKept }: { readonly terminal: Terminal; readonly isKept: boolean },
): Promise<void> {
  const rows = [
    ['parallel', `${parallel.join(', ')} worked at the same time, each in a worktree of its own`],
    ...predicted.map(({ a, b, path: at }) => [
      're-ordered',
      `before anything started: ${a} and ${b} both claim ${at}; the plan names ${a} first, the longer ${b} went first`,
    ]),
    ...waited.map(({ workstream, holder, path: at }) => [
      'waited',
      `${workstream}, for ${at}, which ${holder} held until it had landed`,
    ]),
    ['quarantined', `${quarantined.join(', ')}: it changed a file outside its claims; nothing of it landed`],
    ['landed', `${landed.join(', ')}: each after "node --test" passed on what main would become`],
    ['took', `${seconds} s`],
  ]
  const write = (text: string, indent?: string) => writeWrapped(terminal, text, indent)
  write('\n$ git log --graph --oneline main')
  terminal.out(`${await git.text(['log', '--graph', '--format=%h %s', 'main'])}\n`)
  write('\nWhat happened:')
  for (const [name = '', says = ''] of rows) write(`  ${name.padEnd(12)}${says}`, ' '.repeat(14))
  if (!isAsExpected) write('\nThat is not what the demo should show: see above.')
  // As it is, so that it can be copied.
  terminal.out(`\nThe plan that just ran:\n\n${demoPlan.trimEnd().replaceAll(/^(?=.)/gm, '  ')}\n`)
  if (isKept) terminal.out(`\nThe repository: ${path}\nIts report: .ws/runs/*/report.md\n`)
  else write('\nNothing of it is left. "ws demo --keep" leaves the repository to look at.')
  write('In a repository of yours: ws init')
}
