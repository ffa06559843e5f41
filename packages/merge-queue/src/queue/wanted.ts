import { diagnosisWish } from './diagnosis.ts'
import type { CandidateWish } from './line.ts'
import { allLinesOf } from './lines.ts'
import type { QueueEffect } from './queue-effect.ts'
import type { QueueState, TargetState } from './queue-state.ts'
import { isHalted, isPausedFor } from './trouble.ts'

/**
 * What should be going on, read off the state: at most one candidate of each line, the check runs and landings that
 * were decided, a watch on every target, a question for each entry that nobody has answered.
 */
export function wanted(state: QueueState): ReadonlyMap<string, QueueEffect> {
  if (state.isDerived) return state.effects
  const before = state.effects
  const effects = new Map<string, QueueEffect>()
  // An effect that did not change is the same object, which is how the host knows.
  const want = (
    key: string,
    make: () => QueueEffect,
    isSame: (effect: QueueEffect) => boolean = () => true,
  ) => {
    const known = before.get(key)
    effects.set(key, known !== undefined && isSame(known) ? known : make())
  }
  for (const target of state.targets.values()) {
    want(
      `watch/${target.name}`,
      () => watchOf(target),
      (effect) =>
        effect.kind === 'watch' &&
        effect.landed === target.landed &&
        effect.look === target.look &&
        effect.adopt === target.adopt,
    )
    if (target.landing !== undefined) {
      const { landId, from, to, entryIds } = target.landing
      want(`land/${landId}`, () => ({ kind: 'land', landId, target: target.name, from, to, entryIds }))
    }
    if (isHalted(target) || state.isPaused || isPausedFor(target, 'build')) continue
    for (const { wants } of allLinesOf(state, target)) {
      if (wants !== undefined) want(buildKey(target, wants), () => buildOf(target, wants))
    }
  }
  for (const diagnosis of state.diagnoses.values()) {
    const target = state.targets.get(diagnosis.target)
    if (target === undefined || isHalted(target) || state.isPaused || isPausedFor(target, 'build')) continue
    const wish = diagnosisWish(state, diagnosis)
    if (wish.kind === 'build') want(buildKey(target, wish), () => buildOf(target, wish))
  }
  for (const run of state.runs.values()) {
    const { id: checkRunId, target, check, commit, tree, key, attempt, entryIds } = run
    want(`check/${checkRunId}`, () => ({
      kind: 'check',
      checkRunId,
      target,
      check,
      commit,
      tree,
      key,
      attempt,
      entryIds,
    }))
  }
  for (const [entryId, { escalation, problem }] of state.escalations)
    want(`escalate/${entryId}/${escalation}`, () => ({ kind: 'escalate', entryId, escalation, problem }))
  state.effects = effects
  state.isDerived = true
  return effects
}

function watchOf({ name, landed, look, adopt }: TargetState): QueueEffect {
  return { kind: 'watch', target: name, landed, look, ...(adopt === undefined ? {} : { adopt }) }
}

/** A build that was lost or failed is asked for under the next number. */
function buildKey({ troubles, lost }: TargetState, { candidateId }: CandidateWish): string {
  const repeated = (troubles.get('build')?.count ?? 0) + (lost.get(candidateId) ?? 0)
  return `build/${candidateId}/${repeated}`
}

function buildOf(target: TargetState, { candidateId, entry, onto, checks }: CandidateWish): QueueEffect {
  return { kind: 'build', candidateId, target: target.name, onto, entry: entry.spec, checks }
}
