import { decideInto, invariant, MemoryJournal, openHost, replay, WsError } from '@ws/core'
import type { Host, Snapshot, StepDraft, StepPosition } from '@ws/core'
import { ManualClock, Random } from '@ws/core/testing'
import { checkQueueInvariants } from '../../src/queue/check-queue-invariants.ts'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import { isLive } from '../../src/queue/entry-order.ts'
import { entryWaiting } from '../../src/queue/entry-waiting.ts'
import type { QueueEffect } from '../../src/queue/queue-effect.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import type { QueueCommand, QueueInput } from '../../src/queue/queue-input.ts'
import type { QueueMachine } from '../../src/queue/queue-machine.ts'
import { queueMachine } from '../../src/queue/queue-machine.ts'
import type { EntrySpec, QueueSettings } from '../../src/queue/queue-spec.ts'
import type { QueueState } from '../../src/queue/queue-state.ts'
import { hash, StormWorld } from './storm-world.ts'

type QueueHost = Host<QueueState, QueueInput, QueueEvent, QueueEffect>
type WithoutId<T> = T extends unknown ? Omit<T, 'commandId'> : never
type Send = (body: WithoutId<QueueCommand>) => Promise<void>

export interface StormOptions {
  /** Steps at which the host dies, counted through all hosts; before or after the append. */
  readonly crashes?: ReadonlyMap<number, 'before' | 'after'>
  /** Nothing goes wrong but the crashes, and nobody meddles. */
  readonly isCalm?: boolean
}

export interface StormResult {
  readonly steps: number
  readonly events: readonly QueueEvent[]
  readonly states: readonly string[]
}

const targets = ['main', 'next'] as const

/**
 * Lives random entries through faults and crashes, checks every promise after every input, and at the end that nothing
 * is stuck, that the world holds exactly what the log says, and that the log decided again is the same log.
 */
export async function storm(seed: number, options: StormOptions = {}): Promise<StormResult> {
  const random = new Random(seed)
  const isCalm = options.isCalm === true
  const clock = new ManualClock(1_000_000_000)
  const truth = {
    seed,
    isCalm,
    isBad: (change: string) => chance(`${seed}/bad/${change}`, 0.15),
    areBadTogether: (a: string, b: string) => chance(`${seed}/pair/${[a, b].sort().join()}`, 0.04),
    conflict: (a: string, b: string) =>
      a.split(':')[0] === b.split(':')[0] && chance(`${seed}/clash/${[a, b].sort().join()}`, 0.05),
  }
  const world = new StormWorld(clock, truth, targets)
  const journal = new StormJournal(options.crashes ?? randomCrashes(random))
  const machine = checked(queueMachine())
  let host: QueueHost | undefined
  let epoch = 0
  const open = async (): Promise<QueueHost> => {
    for (;;) {
      world.crash()
      try {
        const snapshotEvery = [0, 3, 7, 13][seed % 4]!
        return await openHost(machine, {
          journal,
          clock,
          driver: world.driver(),
          epoch: ++epoch,
          snapshotEvery,
        })
      } catch (error) {
        if (!isDeath(error)) throw error
      }
    }
  }
  const alive = async (): Promise<QueueHost> => {
    for (;;) {
      host ??= await open()
      await host.idle()
      if (!(await hasDied(host))) return host
      host = undefined
    }
  }
  let commands = 0
  const command: Send = async (body) => {
    // Sent again under its id after a crash: asking twice is asking once.
    const input = { ...body, commandId: `c${++commands}` }
    for (;;) {
      const now = await alive()
      try {
        await now.send(input)
        return
      } catch (error) {
        if (!isDeath(error)) throw error
        host = undefined
      }
    }
  }

  await command({ type: 'queue.configure', settings: randomSettings(random) })
  const specs = randomEntries(random, world)
  let remedies = 0
  for (let turn = 0; ; turn++) {
    invariant(turn < 4_000, 'a storm ends', { seed })
    const now = await alive()
    if (specs.length > 0 && random.chance(0.25)) {
      await command({ type: 'entry.add', entry: specs.shift()! })
      continue
    }
    if (!isCalm && turn < 150 && random.chance(0.06)) await meddle(now, world, random, command)
    if (turn === 300) world.calm()
    const next = clock.next()
    if (next !== undefined) {
      clock.advanceTo(next)
      continue
    }
    if (specs.length > 0) continue
    if (remedies++ < 40 && (await remedy(await alive(), world, command))) continue
    if (clock.next() === undefined) break
  }
  const last = await alive()
  checkNothingIsStuck(last.state)
  await checkLog(journal, last.state)
  checkWorld(last.state, world, journal.events)
  await last.close().catch(() => {})
  const states = [...last.state.entries.values()].map(({ id, phase }) => `${id} ${phase.state}`)
  return { steps: journal.steps, events: journal.events, states }
}

/** The machine with every promise checked after every input. */
function checked(machine: QueueMachine): QueueMachine {
  return {
    ...machine,
    *decide(state, input, now) {
      yield* machine.decide(state, input, now)
      checkQueueInvariants(state)
    },
  }
}

class StormJournal extends MemoryJournal {
  steps = 0
  readonly inputs: { at: number; input: QueueInput }[] = []
  readonly events: QueueEvent[] = []
  readonly #crashes: ReadonlyMap<number, 'before' | 'after'>
  #snapshot: Snapshot | undefined

  constructor(crashes: ReadonlyMap<number, 'before' | 'after'>) {
    super()
    this.#crashes = crashes
  }

  override async append(step: StepDraft): Promise<StepPosition> {
    const crash = this.#crashes.get(++this.steps)
    if (crash === 'before') throw new WsError('WS_JOURNAL_UNKNOWN', 'the storm cut the append off')
    // What rests in a journal has been through JSON.
    const kept = JSON.parse(JSON.stringify(step)) as StepDraft
    const position = await super.append(kept)
    for (const { at, input } of kept.inputs) this.inputs.push({ at, input: input as QueueInput })
    this.events.push(...(kept.events as QueueEvent[]))
    if (crash === 'after') throw new WsError('WS_JOURNAL_UNKNOWN', 'the storm cut the answer off')
    return position
  }

  /** Most are never read: a copy is made of those that are. What still shares something with the state shows there. */
  override saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#snapshot = snapshot
    return Promise.resolve()
  }

  override loadSnapshot(): Promise<Snapshot | undefined> {
    return Promise.resolve(structuredClone(this.#snapshot))
  }
}

/** Every entry that is still in the queue waits for a person, or for one that does. */
function checkNothingIsStuck(state: QueueState): void {
  const forPerson = new Set(['approval', 'base', 'thaw', 'resume'])
  for (const entry of state.entries.values()) {
    if (!isLive(entry)) continue
    const waits = entryWaiting(state, entry)
    const isExcused = waits.some((wait) => forPerson.has(wait.for) || wait.for === 'entry')
    invariant(isExcused, 'nobody waits for ever', {
      entry: entry.id,
      state: entry.phase.state,
      waits: JSON.stringify(waits),
    })
  }
}

/** The same inputs in the same order give the same log, and the log gives the same state. */
async function checkLog(journal: StormJournal, live: QueueState): Promise<void> {
  const machine = queueMachine()
  const again: QueueEvent[] = []
  const state = machine.initial()
  for (const { at, input } of journal.inputs) decideInto(machine, state, input, at, again)
  const differs = again.findIndex((event, i) => !isEqual(event, journal.events[i]))
  const about = { at: differs, again: canonical(again[differs]), was: canonical(journal.events[differs]) }
  invariant(
    differs === -1 && again.length === journal.events.length,
    'the same inputs give the same log',
    about,
  )
  const frozen = machine.freeze(live)
  invariant(isEqual(machine.freeze(state), frozen), 'decided again, the state is the same')
  const { state: folded } = await replay(machine, journal)
  invariant(isEqual(machine.freeze(folded), frozen), 'the log gives the state')
  checkQueueLog(journal.events)
}

/** What the log says has landed is what the world holds: nothing is lost, nothing made up. */
function checkWorld(state: QueueState, world: StormWorld, events: readonly QueueEvent[]): void {
  const adopted = new Set(
    events.flatMap((event) =>
      event.type === 'target.thawed' && event.adopt !== undefined ? [event.target] : [],
    ),
  )
  for (const target of state.targets.values()) {
    if (target.landed === undefined || target.landing !== undefined) continue
    invariant(world.landed.get(target.name) === target.landed, 'the target is where the log says', {
      target: target.name,
    })
    if (adopted.has(target.name)) continue
    const { changes } = world.commits.get(target.landed)!
    for (const { id, spec, phase } of state.entries.values()) {
      if (spec.target !== target.name || spec.kind !== 'branch') continue
      const change = world.branches.get(spec.commit)
      const isIn = change !== undefined && changes.includes(change)
      if (phase.state === 'MERGED' && phase.revertedBy === undefined)
        invariant(isIn || wasReverted(state, phase.commit), 'what has landed is there', { entry: id })
      else if (phase.state !== 'MERGED') invariant(!isIn, 'what has not landed is not there', { entry: id })
    }
  }
}

function wasReverted(state: QueueState, commit: string): boolean {
  return [...state.entries.values()].some(
    ({ spec, phase }) => spec.kind === 'revert' && phase.state === 'MERGED' && spec.commit === commit,
  )
}

/** Nearly always the keys are in the same order as well, and to put them into one takes long. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b) || canonical(a) === canonical(b)
}

/** JSON with the keys of objects in order, so that equal values read the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

function chance(text: string, probability: number): boolean {
  return new Random(hash(text)).chance(probability)
}

function randomCrashes(random: Random): ReadonlyMap<number, 'before' | 'after'> {
  const crashes = new Map<number, 'before' | 'after'>()
  const count = random.below(4)
  for (let i = 0; i < count; i++) crashes.set(2 + random.below(80), random.chance(0.5) ? 'before' : 'after')
  return crashes
}

function randomSettings(random: Random): QueueSettings {
  return {
    slots: 1 + random.below(4),
    policy: random.pick(['adaptive', 'adaptive', 'serial', 'batch-bisect', 'speculative'] as const),
    testEach: random.chance(0.15),
    maxBatch: random.pick([1, 2, 4, 8, 32]),
    checks: [
      { name: 'all', retries: random.below(3) },
      { name: 'slow', retries: 1 },
      { name: 'a', inputs: ['a/**'], retries: random.below(2) },
      { name: 'b', inputs: ['b/**'], retries: 1 },
      { name: 'shaky', retries: 0, isQuarantined: true },
    ],
    ...(random.chance(0.5) ? { personChecks: ['all'] } : {}),
  }
}

function randomEntries(random: Random, world: StormWorld): EntrySpec[] {
  const specs: EntrySpec[] = []
  const count = 3 + random.below(10)
  const isLaned = random.chance(0.4)
  for (let i = 0; i < count; i++) {
    const area = random.pick(['a', 'b'])
    const id = `e${i}`
    const commit = `${id}-1`
    world.branches.set(commit, `${area}:${id}`)
    const after = specs.filter(() => random.chance(0.12)).map((spec) => spec.id)
    const checks = isLaned
      ? [area]
      : random.pick([['all'], ['all', area], ['all', 'slow'], ['shaky', 'all'], [area], []])
    const spec: EntrySpec = {
      id,
      kind: 'branch',
      branch: id,
      commit,
      target: random.chance(0.85) ? 'main' : 'next',
      level: random.below(3),
      after,
      checks,
      advisory: random.chance(0.15) ? ['slow'] : [],
      afterwards: random.chance(0.15) ? ['all'] : [],
      approve: random.chance(0.12) ? 'manual' : 'auto',
      method: 'merge',
      ...(isLaned || random.chance(0.3) ? { claims: [{ path: `${area}/**`, mode: 'exclusive' }] } : {}),
    }
    specs.push(spec)
    world.know(spec)
  }
  return specs
}

/** What people and programs do to a queue while it runs. */
async function meddle(host: QueueHost, world: StormWorld, random: Random, command: Send): Promise<void> {
  const entries = [...host.state.entries.values()]
  const entry = entries.length === 0 ? undefined : random.pick(entries)
  const target = random.pick(targets)
  const way = random.below(17)
  if (way === 0) return command({ type: 'queue.pause' })
  if (way === 1) return command({ type: 'queue.resume' })
  if (way === 2) return command({ type: 'target.freeze', target, because: 'release' })
  if (way === 3) return command({ type: 'target.thaw', target })
  if (way === 4) return world.commitOn(target, `${random.pick(['a', 'b'])}:person${host.state.lastOrder}`)
  if (way === 5) return world.rewind(target)
  if (way === 6) return world.restore(target)
  if (way === 7 && random.chance(0.3)) return world.remove(target)
  if (way === 8)
    return command({
      type: 'queue.configure',
      settings: { ...host.state.settings, slots: 1 + random.below(4) },
    })
  if (entry === undefined) return
  const { id: entryId } = entry
  if (way === 9) return command({ type: 'entry.remove', entryId })
  if (way === 10) return command({ type: 'entry.retry', entryId })
  if (way === 11) return command({ type: 'entry.jump', entryId })
  if (way === 12) return command({ type: 'entry.relevel', entryId, level: random.below(4) })
  if (way === 13) return command({ type: 'entry.approve', entryId })
  if (way === 14) return command({ type: 'entry.revert', entryId, revertId: `undo-${entryId}` })
  if (way === 15) return command({ type: 'entry.add', entry: entry.spec })
  const commit = `${entryId}-${entry.revision + 1}x`
  world.branches.set(commit, `${random.pick(['a', 'b'])}:${entryId}x${entry.revision}`)
  return command({ type: 'entry.update', entryId, commit })
}

/** When nothing moves: what a person would do, as the queue says. */
async function remedy(host: QueueHost, world: StormWorld, command: Send): Promise<boolean> {
  const { state } = host
  if (state.isPaused) {
    await command({ type: 'queue.resume' })
    return true
  }
  for (const target of state.targets.values()) {
    for (const { reason } of target.freezes.values()) {
      if (reason === 'deleted') world.restore(target.name)
      if (reason === 'rewound' && new Random(state.lastRun).chance(0.5)) {
        await command({ type: 'target.thaw', target: target.name, adopt: true })
        return true
      }
      if (reason === 'rewound') world.restore(target.name)
      if (reason === 'person-failed') world.restore(target.name)
      await command({ type: 'target.thaw', target: target.name })
      return true
    }
  }
  for (const entry of state.entries.values()) {
    if (!isLive(entry)) continue
    if (entryWaiting(state, entry).some((wait) => wait.for === 'approval')) {
      await command({ type: 'entry.approve', entryId: entry.id })
      return true
    }
  }
  return false
}

async function hasDied(host: QueueHost): Promise<boolean> {
  let death: unknown
  void host.ended.catch((error: unknown) => (death = error))
  await Promise.resolve()
  await Promise.resolve()
  if (death instanceof Error && !isDeath(death)) throw death
  return death !== undefined
}

/** A host that a crash ended; every other end is a finding. */
function isDeath(error: unknown): boolean {
  if (!(error instanceof WsError)) return false
  if (error.code === 'WS_HOST_ENDED' && error.cause !== undefined) return isDeath(error.cause)
  return error.code === 'WS_JOURNAL_UNKNOWN'
}
