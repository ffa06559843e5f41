import { emptyCheckStatistics, learnPass, learnRun } from '../estimate/statistics.ts'
import { isLive } from './entry-order.ts'
import { forgetOldest } from './forget-oldest.ts'
import { extendLine } from './build-line.ts'
import { targetOf } from './look-up.ts'
import { subjectOf } from './trouble.ts'
import type { QueueEvent } from './queue-event.ts'
import type { CandidateState, CheckRunState, QueueState, Suspicion, TargetState } from './queue-state.ts'

type CheckEvent = Extract<
  QueueEvent,
  {
    readonly type:
      | 'candidate.built'
      | 'candidate.failed'
      | 'check.started'
      | 'check.ended'
      | 'check.stopped'
      | 'landing.verified'
  }
>

/** So many results are remembered: a year of a busy queue's trees. */
const rememberedResults = 10_000

/** Takes in what became of candidates and of check runs. */
export function evolveCheck(state: QueueState, event: CheckEvent, at: number): void {
  const target = targetOf(state, event.target)
  switch (event.type) {
    case 'candidate.built': {
      const { candidateId: id, entryId, onto, commit, tree, keys, isEmpty } = event
      for (const key of Object.values(keys)) touch(state, key)
      return keep(state, target, { id, entryId, onto, isBuilt: true, commit, tree, keys, isEmpty })
    }
    case 'candidate.failed': {
      const { candidateId: id, entryId, onto, problem } = event
      return keep(state, target, { id, entryId, onto, isBuilt: false, problem })
    }
    case 'check.started':
      return start(state, target, event, at)
    case 'check.ended':
      return endRun(state, target, event)
    case 'check.stopped':
      state.runs.delete(event.checkRunId)
      return
    case 'landing.verified': {
      const { entryId, check, result } = event
      forgetAfterwards(state, (each) => each.entryId === entryId && each.check === check)
      if (result === 'passed') target.red.delete(check)
      else target.red.add(check)
      return
    }
  }
}

function keep(state: QueueState, target: TargetState, candidate: CandidateState): void {
  target.candidates.set(candidate.id, candidate)
  target.troubles.delete('build')
  target.lost.delete(candidate.id)
  // A line and its fork may both wait for it.
  target.lines = target.lines?.map((line) =>
    line.wants?.candidateId === candidate.id ? extendLine(state, target, line) : line,
  )
}

function start(
  state: QueueState,
  target: TargetState,
  event: Extract<CheckEvent, { type: 'check.started' }>,
  at: number,
): void {
  const { type: _type, checkRunId: id, ...facts } = event
  const run: CheckRunState = { ...facts, id, startedAt: at }
  state.runs.set(id, run)
  state.lastRun++
  if (run.purpose !== 'required') return
  target.trials.add(run.candidateId)
  for (const entryId of run.entryIds) {
    const entry = state.entries.get(entryId)
    if (entry?.phase.state === 'QUEUED') entry.phase = { state: 'CHECKING' }
  }
}

function endRun(
  state: QueueState,
  target: TargetState,
  { checkRunId, check, key, outcome, durationMs }: Extract<CheckEvent, { type: 'check.ended' }>,
): void {
  const run = state.runs.get(checkRunId)
  state.runs.delete(checkRunId)
  if (outcome.kind === 'infrastructure' || outcome.kind === 'lost') return
  target.troubles.delete(`check/${check}`)
  target.lost.delete(subjectOf({ check, key }))
  const statistics = state.checks.get(check) ?? emptyCheckStatistics()
  state.checks.set(check, statistics)
  const result = touch(state, key) ?? { check, passes: 0, failures: 0, detail: '', tail: undefined }
  state.results.set(key, result)
  forgetOldest(state.results, rememberedResults)
  if (outcome.kind === 'passed') {
    learnRun(statistics, durationMs)
    if (result.passes === 0) learnPass(statistics, result.failures)
    result.passes++
  } else {
    result.failures++
    result.detail = outcome.kind === 'failed' ? outcome.detail : `no result after ${outcome.afterMs} ms`
    result.tail = outcome.tail
    if (run?.purpose === 'required' && result.passes === 0) suspect(state, target, run)
  }
  if (run?.purpose === 'advisory')
    forgetAfterwards(state, (each) => each.purpose === 'advisory' && each.key === key)
}

/** Makes a result the most recently used one. */
function touch(state: QueueState, key: string) {
  const result = state.results.get(key)
  if (result === undefined) return undefined
  state.results.delete(key)
  state.results.set(key, result)
  return result
}

/** Each entry of a failed prefix remembers what it stood behind: it may fail only together with one of them. */
function suspect(state: QueueState, target: TargetState, run: CheckRunState): void {
  const behind = new Map<string, CandidateState & { readonly isBuilt: true }>()
  for (const candidate of target.candidates.values()) {
    if (candidate.isBuilt && !candidate.isEmpty) behind.set(candidate.commit, candidate)
  }
  const line: { entryId: string; commit: string }[] = []
  let commit = run.commit
  for (let step = behind.get(commit); step !== undefined; step = behind.get(commit)) {
    line.unshift({ entryId: step.entryId, commit })
    commit = step.onto
    if (commit === target.landed) break
  }
  const suspicion: Suspicion = { onto: commit, line }
  for (const { entryId } of line) {
    const entry = state.entries.get(entryId)
    if (entry !== undefined && isLive(entry)) entry.suspectedBehind ??= suspicion
  }
}

function forgetAfterwards(
  state: QueueState,
  isDone: (each: QueueState['afterwards'][number]) => boolean,
): void {
  for (let i = state.afterwards.length - 1; i >= 0; i--) {
    if (isDone(state.afterwards[i]!)) state.afterwards.splice(i, 1)
  }
}
