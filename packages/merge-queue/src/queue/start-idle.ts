import { runningKeys, startRun } from './check-runs.ts'
import { endDiagnosis } from './decide-outcome.ts'
import { diagnosisWish } from './diagnosis.ts'
import type { QueueEvent } from './queue-event.ts'
import type { AfterwardsState, CheckRunState, QueueState } from './queue-state.ts'
import { linesOf } from './lines.ts'
import { isHalted, isPausedFor } from './trouble.ts'
import { isConfirmed, keyOf } from './verdict.ts'
import { revertOf } from './revert.ts'

/** A check after a landing that has waited so long is run before anything else. */
const patienceMs = 30 * 60_000

/** Takes in what checks after landings have said. */
export function* settleAfterwards(state: QueueState, now: number): Generator<QueueEvent> {
  for (const each of [...state.afterwards]) {
    const result = state.results.get(each.key)
    if (each.purpose !== 'afterwards' || result === undefined) continue
    const { entryId, target: name, check } = each
    const target = state.targets.get(name)
    const place = { entryId, target: name, check }
    if (result.passes > 0) yield { type: 'landing.verified', ...place, result: 'passed' }
    else if (isConfirmed(state, result)) {
      const wasRed = target?.red.has(check) === true
      yield { type: 'landing.verified', ...place, result: wasRed ? 'was-red' : 'turned-red' }
      const entry = state.entries.get(entryId)
      if (!wasRed && entry !== undefined) yield* revertOf(state, entry, `revert/${entryId}`, now)
    }
  }
}

/**
 * Starts a check after a landing: one at a time beside others, or where nothing else goes on; one that has waited
 * long goes before the rest.
 */
export function* startAfterwards(state: QueueState, now: number, isIdle: boolean): Generator<QueueEvent> {
  const running = runningKeys(state)
  for (const each of state.afterwards) {
    if (state.runs.size >= state.settings.slots) return
    const isBusy = [...state.runs.values()].some(({ purpose }) => purpose === 'afterwards')
    const isDue = now - each.since >= patienceMs || (!isBusy && state.settings.slots > 1)
    // What is being built now wants the slot in a moment.
    const mayFill = isIdle && !isBuilding(state)
    if ((!mayFill && !isDue) || !mayStart(state, each, running)) continue
    const { target, check, key, entryId, purpose, candidateId: id, commit, tree } = each
    yield startRun(state, {
      target,
      check,
      key,
      purpose,
      candidate: { id, commit, tree },
      entryIds: [entryId],
    })
  }
}

function isBuilding(state: QueueState): boolean {
  for (const target of state.targets.values()) {
    if (isHalted(target) || isPausedFor(target, 'build')) continue
    if (linesOf(state, target).some(({ wants }) => wants !== undefined)) return true
  }
  return false
}

function mayStart(
  state: QueueState,
  { target: name, check, key }: AfterwardsState,
  running: ReadonlyMap<string, CheckRunState>,
): boolean {
  const target = state.targets.get(name)
  if (target === undefined || isHalted(target) || isPausedFor(target, `check/${check}`)) return false
  return !running.has(`${check} ${key}`)
}

/** Runs advisory checks on what is being tested, while there are slots. */
export function* startAdvisory(state: QueueState): Generator<QueueEvent> {
  const running = new Set(runningKeys(state).keys())
  for (const target of state.targets.values()) {
    if (isHalted(target)) continue
    for (const { nodes } of linesOf(state, target)) {
      for (const [i, { candidate, advisory }] of nodes.entries()) {
        if (!target.trials.has(candidate.id)) continue
        for (const check of advisory) {
          if (state.runs.size >= state.settings.slots) return
          const key = keyOf(candidate, check)
          if (state.results.has(key) || running.has(`${check} ${key}`)) continue
          if (isPausedFor(target, `check/${check}`)) continue
          running.add(`${check} ${key}`)
          const entryIds = nodes.slice(0, i + 1).map(({ entry }) => entry.id)
          yield startRun(state, { target: target.name, check, candidate, key, entryIds, purpose: 'advisory' })
        }
      }
    }
  }
}

/** Ends diagnoses that have found something, or nothing in time. */
export function* settleDiagnoses(state: QueueState, now: number): Generator<QueueEvent> {
  for (const diagnosis of [...state.diagnoses.values()]) {
    const wish = diagnosisWish(state, diagnosis)
    if (wish.kind === 'done') yield* endDiagnosis(state, diagnosis.entryId, wish.together)
    else if (diagnosis.until <= now) yield* endDiagnosis(state, diagnosis.entryId)
  }
}

/** Runs what diagnoses need in slots that are idle. */
export function* pursueDiagnoses(state: QueueState): Generator<QueueEvent> {
  const running = new Set(runningKeys(state).keys())
  for (const diagnosis of state.diagnoses.values()) {
    const wish = diagnosisWish(state, diagnosis)
    const target = state.targets.get(diagnosis.target)
    if (target === undefined || wish.kind !== 'check' || isHalted(target)) continue
    for (const check of wish.checks) {
      if (state.runs.size >= state.settings.slots) return
      const key = keyOf(wish.candidate, check)
      if (running.has(`${check} ${key}`) || isPausedFor(target, `check/${check}`)) continue
      running.add(`${check} ${key}`)
      const { candidate } = wish
      const entryIds = [diagnosis.entryId]
      yield startRun(state, { target: target.name, check, candidate, key, entryIds, purpose: 'diagnosis' })
    }
  }
}
