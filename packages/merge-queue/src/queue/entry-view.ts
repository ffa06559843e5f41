import { estimateWait } from '../estimate/estimate-wait.ts'
import type { WaitEstimate } from '../estimate/estimate-wait.ts'
import { isLive, orderedEntries } from './entry-order.ts'
import type { EntryWaiting } from './entry-waiting.ts'
import { entryWaiting } from './entry-waiting.ts'
import { linesOf, lostBaseOf } from './lines.ts'
import type { EntryProblem } from './queue-effect.ts'
import type { CancelReason, FreezeReason } from './queue-event.ts'
import type { EntrySpec } from './queue-spec.ts'
import type { EntryPhase, EntryState, QueueState } from './queue-state.ts'
import { keyOf } from './verdict.ts'

/** An entry as people and programs see it. */
export interface EntryView {
  readonly id: string
  readonly spec: EntrySpec
  readonly state: EntryPhase['state']
  /** Why it is in that state, as a word for programs. */
  readonly reason: EntryReason | undefined
  /** Its place among all that wait for its target, 1 first; `undefined` once it has left the queue. */
  readonly position: number | undefined
  readonly checksRequired: readonly string[]
  /** Of those, what has passed on the newest candidate with it. */
  readonly checksPassed: readonly string[]
  readonly queuedAt: number
  readonly updatedAt: number
  readonly eta: WaitEstimate | undefined
  readonly waiting: readonly EntryWaiting[]
  readonly problem: EntryProblem | undefined
  /** The commit of the target that holds it. */
  readonly landedAs: string | undefined
  readonly revertedBy: string | undefined
}

/** Why an entry is in its state. */
export type EntryReason =
  | 'approval'
  | 'base-lost'
  | 'predicted-conflict'
  | 'paused'
  | 'frozen'
  | EntryProblem['reason']
  | CancelReason

/** A target as people and programs see it. */
export interface TargetView {
  readonly name: string
  readonly landed: string | undefined
  readonly freezes: readonly FreezeReason[]
  /** What is in the way of the branch's fast-forward, and where. */
  readonly held: { readonly where: string; readonly paths: readonly string[] } | undefined
  readonly landing: readonly string[]
}

/** The whole queue as people and programs see it. */
export interface QueueView {
  readonly isPaused: boolean
  readonly targets: readonly TargetView[]
  /** Live ones in order, target by target, then those that have ended, the newest first. */
  readonly entries: readonly EntryView[]
}

/** One entry as it stands, or `undefined` where there is none of that id. */
export function viewEntry(state: QueueState, entryId: string, now: number): EntryView | undefined {
  const entry = state.entries.get(entryId)
  if (entry === undefined) return undefined
  const target = state.targets.get(entry.spec.target)
  const position = target === undefined ? 0 : orderedEntries(state, target).indexOf(entry) + 1
  return view(state, entry, position, now)
}

/** Everything that the queue holds. */
export function viewQueue(state: QueueState, now: number): QueueView {
  const live = [...state.targets.values()].flatMap((target) =>
    orderedEntries(state, target).map((entry, i) => view(state, entry, i + 1, now)),
  )
  const ended = [...state.entries.values()]
    .filter((entry) => !isLive(entry))
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .map((entry) => view(state, entry, 0, now))
  const targets = [...state.targets.values()].map(({ name, landed, freezes, held, landing }) => ({
    name,
    landed,
    freezes: [...freezes.values()],
    held,
    landing: landing?.entryIds ?? [],
  }))
  return { isPaused: state.isPaused, targets, entries: [...live, ...ended] }
}

function view(state: QueueState, entry: EntryState, position: number, now: number): EntryView {
  const { id, spec, phase, queuedAt, updatedAt } = entry
  return {
    id,
    spec,
    state: phase.state,
    reason: reasonOf(state, entry),
    position: position === 0 ? undefined : position,
    checksRequired: spec.checks,
    checksPassed: phase.state === 'MERGED' ? spec.checks : passedOf(state, entry),
    queuedAt,
    updatedAt,
    eta: isLive(entry) ? estimateWait(state, entry, now) : undefined,
    waiting: entryWaiting(state, entry),
    problem: phase.state === 'FAILED' || phase.state === 'CONFLICTED' ? phase.problem : undefined,
    landedAs: phase.state === 'MERGED' ? phase.commit : undefined,
    revertedBy: phase.state === 'MERGED' ? phase.revertedBy : undefined,
  }
}

function reasonOf(state: QueueState, entry: EntryState): EntryReason | undefined {
  const { phase, spec } = entry
  if (phase.state === 'FAILED' || phase.state === 'CONFLICTED') return phase.problem.reason
  if (phase.state === 'CANCELLED') return phase.because
  if (phase.state !== 'QUEUED' && phase.state !== 'CHECKING') return undefined
  if (lostBaseOf(state, entry) !== undefined) return 'base-lost'
  if (entry.parkedBehind !== undefined) return 'predicted-conflict'
  if (spec.approve === 'manual' && !entry.isApproved && entry.checkedOn !== undefined) return 'approval'
  if (state.isPaused) return 'paused'
  return (state.targets.get(spec.target)?.freezes.size ?? 0) > 0 ? 'frozen' : undefined
}

function passedOf(state: QueueState, entry: EntryState): readonly string[] {
  const target = state.targets.get(entry.spec.target)
  if (target === undefined) return []
  if (entry.checkedOn !== undefined) return entry.spec.checks
  for (const { nodes } of linesOf(state, target)) {
    const node = nodes.find((each) => each.entry === entry)
    if (node === undefined) continue
    return entry.spec.checks.filter(
      (check) => (state.results.get(keyOf(node.candidate, check))?.passes ?? 0) > 0,
    )
  }
  return []
}
