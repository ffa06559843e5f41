import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Journal, MemoryJournal, openHost, WsError } from '@ws/core'
import { digestContentPrograms, type Leadership, openRepository, type Repository } from '@ws/git'
import { Pins } from '../candidate/pins.ts'
import type { CheckDefinition } from '../checks/check-definition.ts'
import { serialOf } from '../checks/function-serial.ts'
import { FileWriter } from '../files/file-writer.ts'
import { toMergeQueueFile } from '../files/merge-queue-file.ts'
import { viewQueue } from '../queue/entry-view.ts'
import { queueMachine } from '../queue/queue-machine.ts'
import type { CheckSpec, QueueSettings } from '../queue/queue-spec.ts'
import { GitActions } from './git-actions.ts'
import { MergeQueue } from './merge-queue.ts'
import { parseInput } from './parse-input.ts'
import { QueueDriver } from './queue-driver.ts'
import { QueueOptions, type QueueOptionsInput, toDefinitions } from './queue-options.ts'

/** What a queue stands on; everything else is `QueueOptions`. */
export interface OpenMergeQueueOptions extends QueueOptionsInput {
  /** A path in the repository, which is opened and closed with the queue; or a repository that is open. */
  readonly repository: string | Repository
  /** Where the queue is remembered. @default a `MemoryJournal`: what was queued is forgotten with this process */
  readonly journal?: Journal
  /** @default the clock of the repository */
  readonly clock?: Clock
  /** The leadership of the repository, where the caller has it already. @default it is asked for */
  readonly leadership?: Leadership
  /** Told what a listener threw, and why the queue's file could not be written. */
  readonly onListenerError?: (error: unknown) => void
}

/**
 * Opens the merge queue of a repository and reads what it remembers. Only one process leads a repository at a time.
 *
 * @example
 * const queue = await openMergeQueue({ repository: '.', checks: { unit: 'npm test' } })
 * await queue.add({ branch: 'topic' })
 * console.log(await queue.process())
 * await queue.close()
 * @throws `WS_QUEUE_OPTIONS`, `WS_QUEUE_LED_ELSEWHERE`, and what `openRepository` throws
 */
export async function openMergeQueue({
  repository: place,
  journal = new MemoryJournal(),
  clock,
  leadership: given,
  onListenerError = () => {},
  ...input
}: OpenMergeQueueOptions): Promise<MergeQueue> {
  const options = Object.freeze(parseInput(QueueOptions, input, 'WS_QUEUE_OPTIONS'))
  const repository =
    typeof place === 'string' ? await openRepository(place, clock === undefined ? {} : { clock }) : place
  const undo: (() => Promise<void>)[] = typeof place === 'string' ? [() => repository.close()] : []
  const release = async () => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    const leadership = given ?? (await lead(repository))
    if (given === undefined) undo.push(() => leadership.close())
    return await open(repository, leadership.epoch, {
      options,
      journal,
      clock: clock ?? repository.clock,
      onListenerError,
      undo,
      release,
    })
  } catch (error) {
    await release()
    throw error
  }
}

interface Opening {
  readonly options: QueueOptions
  readonly journal: Journal
  readonly clock: Clock
  readonly onListenerError: (error: unknown) => void
  readonly undo: (() => Promise<void>)[]
  readonly release: () => Promise<void>
}

async function open(repository: Repository, epoch: number, opening: Opening): Promise<MergeQueue> {
  const { options, journal, clock, onListenerError, undo, release } = opening
  const definitions = new Map(toDefinitions(options))
  const { remote, generated, checkouts, pollMs, remotePollMs, onEscalate, onCommand } = options
  let contentPrograms = await knownContentPrograms(repository)
  const pins = new Pins(repository, epoch)
  const actions: GitActions = new GitActions({
    repository,
    epoch,
    pins,
    checks: definitions,
    generated: Object.entries(generated).map(([path, { from, ...file }]) => ({
      path,
      ...file,
      ...(from === undefined ? {} : { from }),
    })),
    checkouts: {
      caches: checkouts.caches,
      minFreeBytes: checkouts.minFreeBytes,
      ...(checkouts.root === undefined ? {} : { root: checkouts.root }),
    },
    remote: remote?.push === 'target' ? { name: remote.name, timeoutMs: remote.timeoutMs } : undefined,
    contentPrograms: () => contentPrograms,
    pollMs,
    remotePollMs,
    onEscalate,
    onCommand,
    entryOf: (id) => host.state.entries.get(id)?.spec,
  })
  undo.push(() => actions.close())
  // Before anything is looked up: what an earlier leader still ran has ended.
  await actions.pool.recover()
  const driver = new QueueDriver(actions, clock)
  const machine = queueMachine({ ignoreCase: repository.facts.ignoreCase })
  const host = await openHost(machine, { journal, clock, driver, epoch, onListenerError })
  undo.push(() => host.close())
  let configurations = 0
  let configured: string | undefined
  const known = { ...options }
  const configure = async () => {
    const settings = toSettings(known, definitions, epoch)
    // Each landing brings its checks, which are mostly those of the one before.
    const text = JSON.stringify(settings)
    if (text === configured) return
    const commandId = `${epoch}.configure.${configurations++}`
    const answer = await host.send({ type: 'queue.configure', commandId, settings })
    if (!answer.ok)
      throw new WsError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint })
    configured = text
  }
  await configure()
  const define = async (checks: unknown) => {
    const parsed = parseInput(QueueOptions.shape.checks, checks, 'WS_QUEUE_OPTIONS')
    known.checks = { ...known.checks, ...parsed }
    for (const [name, definition] of toDefinitions({ ...options, checks: parsed }))
      definitions.set(name, definition)
    await configure()
  }
  if (options.file !== undefined) {
    const content = () =>
      `${JSON.stringify(toMergeQueueFile(viewQueue(host.state, clock.now()), clock.now()), null, 2)}\n`
    const writer = new FileWriter(options.file, content, onListenerError)
    host.events.on('*', () => writer.touch())
    writer.touch()
    undo.push(() => writer.close())
  }
  const acceptConfiguration = async () => {
    contentPrograms = await digestContentPrograms(repository)
    await writeFile(await contentProgramsFile(repository), contentPrograms)
  }
  return new MergeQueue({
    repository,
    epoch,
    pins,
    host,
    driver,
    options,
    define,
    acceptConfiguration,
    release,
  })
}

async function lead(repository: Repository): Promise<Leadership> {
  const answer = await repository.lead({ what: 'merge queue' })
  if (answer.isLeader) return answer.leadership
  const { leader } = answer
  const who =
    leader === undefined
      ? 'another process'
      : `process ${leader.pid} (${leader.about?.['what'] ?? 'unknown'})`
  throw new WsError(
    'WS_QUEUE_LED_ELSEWHERE',
    `${who} leads this repository: only one process may land on it`,
    {
      details: { leader: leader ?? null, repository: repository.facts.commonDir },
      hint: 'ask that process to add the entry, or end it first',
    },
  )
}

/**
 * What the machine knows of the checks. How they are run is part of it as a digest: where that has changed, every
 * candidate is asked for its keys anew.
 */
function toSettings(
  options: QueueOptions,
  definitions: ReadonlyMap<string, CheckDefinition>,
  epoch: number,
): QueueSettings {
  const { slots, policy, testEach, maxBatch, personChecks } = options
  const checks = [...definitions.values()].map((definition): CheckSpec & { readonly definition: string } => {
    const { name, inputs } = definition
    const { retries = 0, quarantined = false } = options.checks[name] ?? {}
    return {
      name,
      retries,
      ...(inputs === undefined ? {} : { inputs }),
      ...(quarantined ? { isQuarantined: true } : {}),
      definition: digest(definition, options, epoch),
    }
  })
  return {
    slots,
    policy,
    testEach,
    maxBatch,
    checks,
    ...(personChecks === undefined ? {} : { personChecks }),
  }
}

// The machine and its variables may be others since the last leader, so that its epoch counts for those who name them.
function digest(check: CheckDefinition, { generated }: QueueOptions, epoch: number): string {
  const dependsOnLeader =
    typeof check.run === 'function' || check.inherits.length > 0 || check.versionCommand !== undefined
  const machine = [process.platform, process.arch, ...(dependsOnLeader ? [epoch] : [])]
  const run = typeof check.run === 'function' ? serialOf(check.run) : check.run
  return createHash('sha256')
    .update(JSON.stringify([{ ...check, run }, machine, generated]))
    .digest('hex')
    .slice(0, 16)
}

/** As it was when a queue was first opened here, before tools had a hand in it; kept for those that follow. */
async function knownContentPrograms(repository: Repository): Promise<string> {
  const file = await contentProgramsFile(repository)
  const known = await readFile(file, 'utf8').catch(() => '')
  if (known !== '') return known
  const found = await digestContentPrograms(repository)
  await writeFile(file, found)
  return found
}

async function contentProgramsFile(repository: Repository): Promise<string> {
  const folder = join(repository.facts.wsDir, 'queue')
  await mkdir(folder, { recursive: true })
  return join(folder, 'content-programs')
}
