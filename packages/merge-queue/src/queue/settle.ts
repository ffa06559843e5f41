import { invariant } from '@ws/core'
import type { Clash, Line } from './line.ts'
import { linesOf } from './lines.ts'
import type { EntryProblem } from './queue-effect.ts'
import type { QueueEvent, RejectionProblem } from './queue-event.ts'
import type { EntryState, QueueState, TargetState } from './queue-state.ts'
import { isHalted, isPausedFor } from './trouble.ts'
import { isConfirmed, judge, keyOf } from './verdict.ts'

/** How long a rejected entry may be asked about while slots are idle; after that it is escalated as it is. */
const diagnosisMs = 30 * 60_000

/** Whatever follows from what is known of the target's lines: conflicts, rejections, landings. */
export function* settleTarget(state: QueueState, target: TargetState, now: number): Generator<QueueEvent> {
  let hasChanged = true
  while (hasChanged && !isHalted(target)) {
    hasChanged = false
    for (const line of linesOf(state, target)) {
      for (const event of settleLine(state, target, line, now)) {
        yield event
        hasChanged = true
      }
      if (hasChanged) break
    }
  }
}

function* settleLine(state: QueueState, target: TargetState, line: Line, now: number): Generator<QueueEvent> {
  if (line.clash !== undefined) return yield* settleClash(line.clash)
  const first = line.nodes[0]
  if (first?.candidate.isEmpty === true && target.landing === undefined) {
    yield { type: 'landing.emptied', entryId: first.entry.id, commit: first.candidate.commit }
    return
  }
  const { good, failed } = judge(state, line)
  if (failed[0] === good + 1) {
    const problem = confirmedProblem(state, line, good)
    if (problem !== undefined) return yield* reject(line.nodes[good]!.entry, problem, now)
  }
  if (good === 0) return
  const node = line.nodes[good - 1]!
  const entries = line.nodes.slice(0, good).map(({ entry }) => entry)
  const place = { target: target.name, candidateId: node.candidate.id }
  const entryIds = entries.map(({ id }) => id)
  if (!line.isApproved) {
    if (node.entry.checkedOn === undefined) yield { type: 'landing.checked', ...place, entryIds }
    return
  }
  if (target.landing !== undefined || state.isPaused || isPausedFor(target, 'land')) return
  yield { type: 'landing.checked', ...place, entryIds }
  const landId = `l${state.lastLand + 1}`
  const from = target.landed
  invariant(from !== undefined, 'what lands lands on something', place)
  yield { type: 'landing.intended', landId, from, to: node.candidate.commit, ...place, entryIds }
}

function* settleClash(clash: Clash): Generator<QueueEvent> {
  const { entry } = clash
  if (clash.kind === 'with') {
    const { other, conflicts } = clash
    yield { type: 'conflict.predicted', entryId: entry.id, with: other.id, conflicts }
    return
  }
  if (clash.problem.reason === 'impossible') {
    yield { type: 'landing.rejected', entryId: entry.id, problem: clash.problem }
    if (entry.spec.kind === 'person') yield personFailed(entry)
    return yield* escalate(entry, clash.problem)
  }
  const { conflicts } = clash.problem
  yield { type: 'landing.conflicted', entryId: entry.id, conflicts }
  if (entry.spec.kind === 'person') yield personFailed(entry)
  yield* escalate(entry, { reason: 'conflicted', conflicts })
}

/** What failed on the first prefix that is not good, if it has failed often enough. */
function confirmedProblem(state: QueueState, line: Line, good: number): RejectionProblem | undefined {
  const { candidate, required } = line.nodes[good]!
  const results = required.flatMap((check) => state.results.get(keyOf(candidate, check)) ?? [])
  const failures = results.filter(({ passes, failures }) => passes === 0 && failures > 0)
  if (!failures.some((result) => isConfirmed(state, result))) return undefined
  const checks = failures.map(({ check, detail, tail }) => ({
    name: check,
    detail,
    ...(tail === undefined ? {} : { tail }),
  }))
  return { reason: 'check-failed', checks }
}

function* reject(entry: EntryState, problem: RejectionProblem, now: number): Generator<QueueEvent> {
  const isBehind = entry.suspectedBehind !== undefined && entry.suspectedBehind.line[0]?.entryId !== entry.id
  const diagnosis = isBehind ? { diagnoseUntil: now + diagnosisMs } : {}
  yield { type: 'landing.rejected', entryId: entry.id, problem, ...diagnosis }
  if (entry.spec.kind === 'person') yield personFailed(entry)
  if (!isBehind) yield* escalate(entry, problem)
}

function personFailed({ id, spec }: EntryState): QueueEvent {
  return { type: 'target.frozen', target: spec.target, because: { reason: 'person-failed', entryId: id } }
}

/** Somebody has to look at it. */
export function* escalate(entry: EntryState, problem: EntryProblem): Generator<QueueEvent> {
  yield { type: 'escalation.raised', entryId: entry.id, escalation: entry.escalation + 1, problem }
}
