import type { CommandAnswer } from '@ws/core'
import type { QueueMachineOptions } from './queue-machine.ts'
import type { FreezeReason } from './queue-event.ts'
import type { CandidateState, EntryState, QueueState, TargetState, TroubleState } from './queue-state.ts'
import { initialQueueState, initialTarget } from './queue-state.ts'

type Pairs<Value> = readonly (readonly [string, Value])[]

type Scalars = Pick<
  QueueState,
  'settings' | 'definition' | 'isPaused' | 'statistics' | 'lastRun' | 'lastLand' | 'lastOrder' | 'afterwards'
>

/** The facts of a state as JSON. What is derived is left out, and made again. */
interface Frozen extends Scalars {
  readonly entries: readonly EntryState[]
  readonly targets: readonly FrozenTarget[]
  readonly runs: Pairs<MapValue<'runs'>>
  readonly results: Pairs<MapValue<'results'>>
  readonly escalations: Pairs<MapValue<'escalations'>>
  readonly diagnoses: Pairs<MapValue<'diagnoses'>>
  readonly checks: Pairs<MapValue<'checks'>>
  readonly answers: Pairs<CommandAnswer>
}

type MapValue<Field extends 'runs' | 'results' | 'escalations' | 'diagnoses' | 'checks'> =
  QueueState[Field] extends Map<string, infer Value> ? Value : never

interface FrozenTarget extends Pick<TargetState, 'name' | 'past' | 'look'> {
  readonly landed?: string | undefined
  readonly adopt?: string | undefined
  readonly held?: TargetState['held']
  readonly landing?: TargetState['landing']
  readonly freezes: readonly FreezeReason[]
  readonly candidates: readonly CandidateState[]
  readonly forks: readonly string[]
  readonly trials: readonly string[]
  /** In the order in which they came: sums over them must come out the same. */
  readonly live: readonly string[]
  readonly troubles: Pairs<TroubleState>
  readonly lost: Pairs<number>
  readonly red: readonly string[]
}

export function freeze(state: QueueState): Frozen {
  const { settings, definition, isPaused, statistics, lastRun, lastLand, lastOrder, afterwards } = state
  const frozen: Frozen = {
    settings,
    definition,
    isPaused,
    statistics,
    lastRun,
    lastLand,
    lastOrder,
    afterwards,
    entries: [...state.entries.values()],
    targets: [...state.targets.values()].map(freezeTarget),
    runs: [...state.runs],
    results: [...state.results],
    escalations: [...state.escalations],
    diagnoses: [...state.diagnoses],
    checks: [...state.checks],
    answers: [...state.answers],
  }
  // Through JSON, so that what is kept shares nothing with the state, which goes on changing.
  return JSON.parse(JSON.stringify(frozen)) as Frozen
}

function freezeTarget(target: TargetState): FrozenTarget {
  const { name, landed, past, look, adopt, held, landing } = target
  return {
    name,
    landed,
    past,
    look,
    adopt,
    held,
    landing,
    freezes: [...target.freezes.values()],
    candidates: [...target.candidates.values()],
    forks: [...target.forks],
    trials: [...target.trials],
    live: [...target.live].map(({ id }) => id),
    troubles: [...target.troubles],
    lost: [...target.lost],
    red: [...target.red],
  }
}

/** The state that was frozen: facts put back, everything derived left to be made again. */
export function thaw(json: unknown, options: QueueMachineOptions): QueueState {
  // A snapshot of this version was written by `freeze`; the store guards its bytes. A copy, since the state changes.
  const frozen = structuredClone(json) as Frozen
  const state = initialQueueState(options)
  const { settings, definition, isPaused, statistics, lastRun, lastLand, lastOrder } = frozen
  Object.assign(state, { settings, definition, isPaused, lastRun, lastLand, lastOrder })
  Object.assign(state.statistics, statistics)
  state.afterwards.push(...frozen.afterwards)
  for (const entry of frozen.entries) state.entries.set(entry.id, entry)
  for (const target of frozen.targets) state.targets.set(target.name, thawTarget(state, target))
  fill(state.runs, frozen.runs)
  fill(state.results, frozen.results)
  fill(state.escalations, frozen.escalations)
  fill(state.diagnoses, frozen.diagnoses)
  fill(state.checks, frozen.checks)
  fill(state.answers, frozen.answers)
  return state
}

function fill<Value>(map: Map<string, Value>, pairs: Pairs<Value>): void {
  for (const [key, value] of pairs) map.set(key, value)
}

function thawTarget({ entries }: QueueState, frozen: FrozenTarget): TargetState {
  const { landed, past, look, adopt, held, landing } = frozen
  const target = initialTarget(frozen.name)
  Object.assign(target, { landed, look, adopt, held, landing })
  target.past.push(...past)
  for (const freeze of frozen.freezes) target.freezes.set(freeze.reason, freeze)
  for (const candidate of frozen.candidates) target.candidates.set(candidate.id, candidate)
  for (const id of frozen.forks) target.forks.add(id)
  for (const id of frozen.live) target.live.add(entries.get(id)!)
  for (const id of frozen.trials) target.trials.add(id)
  for (const [what, trouble] of frozen.troubles) target.troubles.set(what, trouble)
  for (const [subject, count] of frozen.lost) target.lost.set(subject, count)
  for (const check of frozen.red) target.red.add(check)
  return target
}
