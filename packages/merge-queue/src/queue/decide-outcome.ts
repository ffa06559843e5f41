import { escalate } from './settle.ts'
import { allLinesOf } from './lines.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueOutcome } from './queue-input.ts'
import type { EntryState, QueueState, TargetState } from './queue-state.ts'
import { failInfrastructure, subjectOf } from './trouble.ts'
import { diagnosisWish } from './diagnosis.ts'

type OutcomeOf<Type extends QueueOutcome['type']> = Extract<QueueOutcome, { type: Type }>

/** What is said of whatever was lost. */
const unseen = 'its end was not seen'

/** What becomes of a candidate that was built, or cannot be. */
export function* endCandidate(
  state: QueueState,
  { candidateId, outcome }: OutcomeOf<'candidate.ended'>,
  now: number,
): Generator<QueueEvent> {
  const wish = findWish(state, candidateId)
  if (wish === undefined) return
  const { target, entry, onto } = wish
  const place = { candidateId, target: target.name, entryId: entry.id, onto }
  const building = { what: 'build', subject: candidateId }
  switch (outcome.kind) {
    case 'built': {
      const { commit, tree, keys, isEmpty } = outcome
      yield { type: 'candidate.built', ...place, commit: isEmpty ? onto : commit, tree, keys, isEmpty }
      return
    }
    case 'conflicted': {
      const { conflicts } = outcome
      yield { type: 'candidate.failed', ...place, problem: { reason: 'conflicted', conflicts } }
      return
    }
    case 'impossible': {
      const { detail } = outcome
      yield { type: 'candidate.failed', ...place, problem: { reason: 'impossible', detail } }
      return
    }
    case 'infrastructure':
      return yield* failInfrastructure(target, { ...building, detail: outcome.detail, isLost: false }, now)
    case 'lost':
      return yield* failInfrastructure(target, { ...building, detail: unseen, isLost: true }, now)
  }
}

interface Wish {
  readonly target: TargetState
  readonly entry: EntryState
  readonly onto: string
}

/** Who still wants the candidate. */
function findWish(state: QueueState, candidateId: string): Wish | undefined {
  for (const target of state.targets.values()) {
    for (const { wants } of allLinesOf(state, target)) {
      if (wants?.candidateId === candidateId) return { target, entry: wants.entry, onto: wants.onto }
    }
  }
  for (const diagnosis of state.diagnoses.values()) {
    const wish = diagnosisWish(state, diagnosis)
    if (wish?.kind === 'build' && wish.candidateId === candidateId) {
      const target = state.targets.get(diagnosis.target)
      if (target !== undefined) return { target, entry: wish.entry, onto: wish.onto }
    }
  }
  return undefined
}

/** What becomes of a check run that ended. */
export function* endCheck(
  state: QueueState,
  { checkRunId, outcome, durationMs }: OutcomeOf<'check.ended'>,
  now: number,
): Generator<QueueEvent> {
  const run = state.runs.get(checkRunId)
  const target = run === undefined ? undefined : state.targets.get(run.target)
  if (run === undefined || target === undefined) return
  const { check, key } = run
  yield { type: 'check.ended', checkRunId, target: target.name, check, key, outcome, durationMs }
  const checking = { what: `check/${check}`, subject: subjectOf(run) }
  if (outcome.kind === 'infrastructure')
    yield* failInfrastructure(target, { ...checking, detail: outcome.detail, isLost: false }, now)
  if (outcome.kind === 'lost')
    yield* failInfrastructure(target, { ...checking, detail: unseen, isLost: true }, now)
}

/** What becomes of a landing past its intent. */
export function* endLanding(
  state: QueueState,
  { landId, outcome }: OutcomeOf<'landing.ended'>,
  now: number,
): Generator<QueueEvent> {
  const target = [...state.targets.values()].find((each) => each.landing?.landId === landId)
  const landing = target?.landing
  if (target === undefined || landing === undefined) return
  const place = { landId, target: target.name }
  const landingIt = { what: 'land', subject: target.name }
  // Moved to where we wanted it: the landing itself was seen from outside.
  if (outcome.kind === 'landed' || (outcome.kind === 'moved' && outcome.to === landing.to)) {
    yield { type: 'landing.landed', ...place, to: landing.to, entryIds: landing.entryIds }
    yield* sayReverted(state, landing.entryIds)
    return
  }
  switch (outcome.kind) {
    case 'moved': {
      const { to } = outcome
      yield { type: 'landing.deferred', ...place, why: { reason: 'moved', to } }
      if (to !== undefined) yield { type: 'target.moved', target: target.name, from: landing.from, to }
      else
        yield {
          type: 'target.frozen',
          target: target.name,
          because: { reason: 'deleted', landed: landing.from },
        }
      break
    }
    case 'refused': {
      const { detail } = outcome
      yield { type: 'landing.deferred', ...place, why: { reason: 'refused', detail } }
      yield { type: 'target.frozen', target: target.name, because: { reason: 'refused', detail } }
      break
    }
    case 'infrastructure': {
      const { detail } = outcome
      yield { type: 'landing.deferred', ...place, why: { reason: 'infrastructure', detail } }
      yield* failInfrastructure(target, { ...landingIt, detail, isLost: false }, now)
      break
    }
    case 'lost':
      yield { type: 'landing.deferred', ...place, why: { reason: 'lost' } }
      yield* failInfrastructure(target, { ...landingIt, detail: unseen, isLost: true }, now)
      break
  }
  // What was seen of the target meanwhile was not listened to.
  yield { type: 'target.questioned', target: target.name }
}

/** A revert that landed has undone something. */
function* sayReverted(state: QueueState, entryIds: readonly string[]): Generator<QueueEvent> {
  for (const id of entryIds) {
    const revert = state.entries.get(id)
    if (revert?.spec.kind !== 'revert') continue
    for (const { id: entryId, phase } of state.entries.values()) {
      if (phase.state === 'MERGED' && phase.commit === revert.spec.commit && entryId !== id)
        yield { type: 'landing.reverted', entryId, revertId: id }
    }
  }
}

/** What whoever was asked says. */
export function* endEscalation(
  state: QueueState,
  { entryId, escalation, outcome }: OutcomeOf<'escalation.ended'>,
): Generator<QueueEvent> {
  if (state.escalations.get(entryId)?.escalation !== escalation) return
  const entry = state.entries.get(entryId)
  yield { type: 'escalation.resolved', entryId, escalation, outcome }
  if (entry === undefined || (entry.phase.state !== 'FAILED' && entry.phase.state !== 'CONFLICTED')) return
  if (outcome.kind === 'repaired') {
    const { commit, base } = outcome
    yield { type: 'landing.updated', entryId, commit, ...(base === undefined ? {} : { base }) }
  } else if (outcome.kind === 'retry') yield { type: 'landing.requeued', entryId }
}

/** Asks nobody any longer whether a rejected entry fails alone, and raises it as it is. */
export function* endDiagnosis(
  state: QueueState,
  entryId: string,
  together?: readonly string[],
): Generator<QueueEvent> {
  yield { type: 'landing.diagnosed', entryId, ...(together === undefined ? {} : { together }) }
  const entry = state.entries.get(entryId)
  if (entry?.phase.state === 'FAILED') yield* escalate(entry, entry.phase.problem)
}
