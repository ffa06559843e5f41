import type { MergeQueue } from '@ws/merge-queue'
import type { QueueStand } from '@ws/orchestrator'
import type { Repository } from '@ws/git'
import type { Command, Given, OptionSpec } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { QueueAnswer, tellStands } from '../output/queue-lines.ts'
import { invalidError } from '../project/invalid-error.ts'
import { readHolds, readRecords, readState } from '../project/read-log.ts'
import { type LedQueue, withQueueAnywhere } from '../project/with-leader.ts'
import type { Project } from '../project/open-project.ts'
import type { Terminal } from '../terminal.ts'
import { settle } from './settle-queue.ts'

const json: OptionSpec = { says: 'Writes the answer as a line of JSON.' }
const later: OptionSpec = { says: 'Only notes it; whatever lands next takes it along.' }

const verbs = {
  retry: {
    says: 'Queues a failed, conflicted or removed entry again, as its branch stands now.',
    does: 'tries "topic" again',
  },
  jump: { says: 'Puts an entry before all others.', does: 'lands "topic" next' },
  remove: { says: 'Takes an entry out of the queue; its branch stays.', does: 'forgets "topic"' },
  revert: {
    says: 'Undoes what an entry has landed: the opposite change is queued, checked, and lands like any other.',
    does: 'takes "topic" out of the target again',
  },
  approve: { says: 'Approves the landing of an entry that waits for it.', does: 'lands "topic"' },
} as const
type Verb = keyof typeof verbs

/** Says one thing about one entry, to the queue that is here or to whoever leads. */
export async function orderEntry(verb: Verb, given: Given, terminal: Terminal) {
  const name = given.positionals[0] ?? ''
  const isJson = given.flags.has('json')
  return withQueueAnywhere(terminal, {
    here: async (queue, { repository }) => {
      const id = entryOf(queue.list().map(named), name)
      await requireRun(repository, verb, id)
      return settle(queue, given, terminal, [await obey(queue, verb, id)])
    },
    there: async (led, project) => {
      const id = entryOf(await known(project), name)
      await requireRun(project.repository, verb, id)
      const entries = await led.order({ does: verb, entryId: id })
      const lands = verb !== 'jump' && verb !== 'remove' && !given.flags.has('later')
      const ended = lands ? await waitFor(led, entries) : entries
      return tellStands(ended, { terminal, isJson })
    },
  })
}

/** Entries once they have left the queue that another process leads, or wait for a person. */
export async function waitFor(led: LedQueue, entries: readonly QueueStand[]): Promise<readonly QueueStand[]> {
  const ended = await Promise.all(entries.map(({ id }) => led.order({ does: 'wait', entryId: id })))
  return ended.flat()
}

async function obey(queue: MergeQueue, verb: Verb, id: string): Promise<string> {
  if (verb === 'revert') return (await queue.revert(id)).id
  if (verb === 'retry') {
    const { state } = await queue.update(id)
    if (state !== 'QUEUED' && state !== 'CHECKING') await queue.retry(id)
  } else await queue[verb](id)
  return id
}

const orderOf = (verb: Exclude<Verb, 'approve'>): Command => ({
  name: `merge ${verb}`,
  says: verbs[verb].says,
  takes: '<entry>',
  positionals: { least: 1, most: 1 },
  options: { later, json },
  example: { line: `ws merge ${verb} topic`, does: verbs[verb].does },
  answers: QueueAnswer,
  run: (given, terminal) => orderEntry(verb, given, terminal),
})

/** What people say about the queue and its entries; also while another process leads it. */
export const mergeOrders: readonly Command[] = [
  orderOf('retry'),
  orderOf('jump'),
  orderOf('remove'),
  orderOf('revert'),
  {
    name: 'merge freeze',
    says: 'Nothing lands on a branch until ws merge thaw; other targets go on.',
    takes: '[branch]',
    positionals: { least: 0, most: 1 },
    options: { because: { value: 'a reason', says: 'Why, for those who wait.' }, json },
    example: {
      line: 'ws merge freeze main --because release',
      does: 'keeps everything off "main" for now',
    },
    answers: QueueAnswer,
    run: (given, terminal) => {
      const because = given.values.get('because')
      const reason = because === undefined ? {} : { because }
      return orderQueue(given, terminal, {
        here: async (queue, project) => queue.freeze(await targetOf(project, given), because),
        there: async (led, project) =>
          led.order({ does: 'freeze', target: await targetOf(project, given), ...reason }),
        says: 'nothing lands there until ws merge thaw',
      })
    },
  },
  {
    name: 'merge thaw',
    says: 'Looks at a branch again, lets landings on it go on, and lands what waits.',
    takes: '[branch]',
    positionals: { least: 0, most: 1 },
    options: {
      adopt: { says: 'Takes a branch that was set back as it stands for what was landed.' },
      later,
      json,
    },
    example: { line: 'ws merge thaw main', does: 'lands what has waited for "main"' },
    answers: QueueAnswer,
    run: (given, terminal) => {
      const adopt = given.flags.has('adopt')
      return orderQueue(given, terminal, {
        here: async (queue, project) => queue.thaw(await targetOf(project, given), { adopt }),
        there: async (led, project) =>
          led.order({ does: 'thaw', target: await targetOf(project, given), adopt }),
        lands: true,
        says: 'landings on it go on',
      })
    },
  },
  {
    name: 'merge pause',
    says: 'Nothing more lands until ws merge resume.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws merge pause', does: 'holds every landing, also those of runs' },
    answers: QueueAnswer,
    run: (given, terminal) =>
      orderQueue(given, terminal, {
        here: (queue) => queue.pause(),
        there: (led) => led.order({ does: 'pause' }),
        says: 'the queue is paused; ws merge resume goes on',
      }),
  },
  {
    name: 'merge resume',
    says: 'Lets landings go on after ws merge pause, and lands what waits.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { later, json },
    example: { line: 'ws merge resume', does: 'lands what has waited' },
    answers: QueueAnswer,
    run: (given, terminal) =>
      orderQueue(given, terminal, {
        here: (queue) => queue.resume(),
        there: (led) => led.order({ does: 'resume' }),
        lands: true,
        says: 'landings go on',
      }),
  },
]

interface WholeQueue {
  readonly here: (queue: MergeQueue, project: Project) => Promise<void>
  readonly there: (led: LedQueue, project: Project) => Promise<unknown>
  /** Whether what waits is landed then. Another process that leads does that by itself. */
  readonly lands?: boolean
  readonly says: string
}

function orderQueue(given: Given, terminal: Terminal, { here, there, lands = false, says }: WholeQueue) {
  const isJson = given.flags.has('json')
  const tell = () => {
    if (isJson) return tellStands([], { terminal, isJson })
    terminal.out(`${says}\n`)
    return exitCodes.completed
  }
  return withQueueAnywhere(terminal, {
    here: async (queue, project) => {
      await here(queue, project)
      return lands ? settle(queue, given, terminal, []) : tell()
    },
    there: async (led, project) => {
      await there(led, project)
      return tell()
    },
  })
}

/** The branch that is meant: that of the settings where none is named. @throws `WS_CLI_INVALID` with the nearest name */
async function targetOf({ repository, config }: Project, given: Given): Promise<string> {
  const name = given.positionals[0] ?? config.merge?.target ?? config.base ?? 'main'
  // One that is gone may be frozen for just that.
  const { frozen } = await readHolds(repository.facts)
  if (frozen.some((target) => target.name === name)) return name
  const refs = await repository.listRefs('refs/heads/')
  const branches = refs.map((ref) => ref.name.slice('refs/heads/'.length))
  if (branches.includes(name)) return name
  const own = branches.filter((branch) => !branch.startsWith('lane/'))
  throw invalidError(`there is no branch ${JSON.stringify(name)}`, didYouMean(name, own))
}

interface Named {
  readonly id: string
  readonly branch: string
}

const named = ({ id, spec }: ReturnType<MergeQueue['list']>[number]): Named => ({ id, branch: spec.branch })

/** What the log says is in the queue, and was. */
async function known({ repository }: Project): Promise<readonly Named[]> {
  const { queue, processing_history: history } = (await readRecords(repository.facts)).queue
  return [...queue, ...history]
}

/** The workstream of an entry that a run has made. */
const workstreamOf = (id: string) => /^land\/[^/]+\/([^/]+)\//.exec(id)?.[1]

/**
 * What a run has brought is checked as that run says, which is known until it is archived.
 * @throws `WS_CLI_INVALID` where nobody knows any more
 */
async function requireRun({ facts }: Repository, verb: Verb, id: string): Promise<void> {
  const runId = /^land\/([^/]+)\//.exec(id)?.[1]
  if (runId === undefined || (verb !== 'revert' && verb !== 'retry')) return
  if ((await readState(facts))?.runs.has(runId) === true) return
  throw invalidError(
    `run ${runId} is archived: which checks its landings have to pass is not known any more`,
    'make the change on a branch of your own, such as with git revert, then: ws merge add <branch>',
  )
}

/**
 * An entry by its id, or the newest one of a branch or of a run's workstream.
 * @throws `WS_CLI_INVALID` with the nearest name
 */
function entryOf(entries: readonly Named[], name: string): string {
  const found =
    entries.find(({ id }) => id === name) ??
    entries.find(({ branch }) => branch === name || branch === `refs/heads/${name}`) ??
    entries.find(({ id }) => workstreamOf(id) === name)
  if (found !== undefined) return found.id
  const names = entries.flatMap(({ id, branch }) => [branch, id, workstreamOf(id) ?? id])
  throw invalidError(
    `there is no entry ${JSON.stringify(name)} in the queue`,
    didYouMean(name, names, 'see: ws merge list'),
  )
}
