import { learnEnd } from '../estimate/statistics.ts'
import { candidateIdOf } from './candidate-id.ts'
import { end } from './evolve-entry.ts'
import { forgetCandidates } from './forget-candidates.ts'
import { forgetOldest } from './forget-oldest.ts'
import { entryOf, targetOf } from './look-up.ts'
import type { QueueEvent } from './queue-event.ts'
import type { AfterwardsState, BuiltCandidate, QueueState, TargetState } from './queue-state.ts'

type TargetEvent = Extract<
  QueueEvent,
  {
    readonly type:
      | 'target.frozen'
      | 'target.thawed'
      | 'target.moved'
      | 'target.followed'
      | 'target.held'
      | 'target.questioned'
      | 'line.forked'
      | 'line.joined'
      | 'landing.checked'
      | 'landing.intended'
      | 'landing.landed'
      | 'landing.deferred'
      | 'infrastructure.failed'
      | 'infrastructure.retried'
  }
>

/** So many former values of a target are known for old ones when they are seen again. */
const rememberedValues = 64

/** More things than can be lost at once. */
const rememberedLost = 1_000

/** Takes in what happened to a target. */
export function evolveTarget(state: QueueState, event: TargetEvent, at: number): void {
  const target = targetOf(state, event.target)
  switch (event.type) {
    case 'target.frozen':
      target.freezes.set(event.because.reason, event.because)
      return
    case 'target.thawed':
      return thaw(target, event.adopt)
    case 'target.moved':
      if (target.adopt === event.to) target.adopt = undefined
      move(target, event.to)
      return forgetCandidates(state, target)
    case 'target.followed':
      target.held = undefined
      return
    case 'target.held':
      target.held = { where: event.where, paths: event.paths }
      return
    case 'target.questioned':
      target.look++
      return
    case 'line.forked':
      target.forks.add(event.without)
      target.lines = undefined
      return
    case 'line.joined':
      target.forks.delete(event.without)
      target.lines = undefined
      return
    case 'landing.checked':
      for (const id of event.entryIds) entryOf(state, id).checkedOn = event.candidateId
      return
    case 'landing.intended':
      return intend(state, target, event)
    case 'landing.landed':
      return land(state, target, event.landId, at)
    case 'landing.deferred':
      for (const id of target.landing?.entryIds ?? []) entryOf(state, id).phase = { state: 'CHECKING' }
      target.landing = undefined
      target.lines = undefined
      return
    case 'infrastructure.failed':
      return trouble(target, event)
    case 'infrastructure.retried': {
      const trouble = target.troubles.get(event.what)
      if (trouble !== undefined) target.troubles.set(event.what, { ...trouble, retryAt: undefined })
      return
    }
  }
}

function trouble(
  target: TargetState,
  { what, subject, detail, isLost, retryAt }: Extract<TargetEvent, { type: 'infrastructure.failed' }>,
): void {
  if (isLost) {
    target.lost.set(subject, (target.lost.get(subject) ?? 0) + 1)
    return forgetOldest(target.lost, rememberedLost)
  }
  target.lost.delete(subject)
  const before = target.troubles.get(what)
  const count = (before?.count ?? 0) + (before?.retryAt === undefined ? 1 : 0)
  target.troubles.set(what, { count, detail, retryAt })
}

/** Whatever was wrong is tried anew: a target that is still rewound, or a remote that still refuses, freezes it again. */
function thaw(target: TargetState, adopt: string | undefined): void {
  target.freezes.clear()
  target.troubles.clear()
  target.lost.clear()
  target.look++
  if (adopt === undefined) return
  target.adopt = adopt
  target.landed = undefined
  target.lines = undefined
}

function move(target: TargetState, to: string): void {
  if (target.landed !== undefined) {
    target.past.push(target.landed)
    if (target.past.length > rememberedValues) target.past.shift()
  }
  target.landed = to
  target.lines = undefined
}

function intend(
  state: QueueState,
  target: TargetState,
  event: Extract<TargetEvent, { type: 'landing.intended' }>,
): void {
  const { landId, from, to, candidateId, entryIds } = event
  const steps: BuiltCandidate[] = []
  let onto = from
  for (const id of entryIds) {
    const entry = entryOf(state, id)
    const candidate = target.candidates.get(candidateIdOf(state, entry, onto))
    entry.phase = { state: 'MERGING', landId }
    if (candidate?.isBuilt !== true) continue
    steps.push(candidate)
    onto = candidate.commit
  }
  target.landing = { landId, from, to, candidateId, entryIds, steps }
  target.lines = undefined
  state.lastLand++
}

function land(state: QueueState, target: TargetState, landId: string, at: number): void {
  const landing = target.landing
  if (landing?.landId !== landId) return
  target.landing = undefined
  target.troubles.delete('land')
  target.lost.delete(target.name)
  move(target, landing.to)
  for (const step of landing.steps) {
    const entry = entryOf(state, step.entryId)
    learnEnd(state.statistics, false, entry.rejections > 0)
    state.afterwards.push(...checksAfter(state, target, step, at))
    const { commit, onto } = step
    end(state, target, entry, { state: 'MERGED', at, commit, onto }, at)
  }
  forgetCandidates(state, target)
}

/** What is still to be run on an entry that landed: its checks for afterwards, and advisory ones that found no time. */
function checksAfter(
  state: QueueState,
  target: TargetState,
  step: BuiltCandidate,
  since: number,
): readonly AfterwardsState[] {
  const { spec } = entryOf(state, step.entryId)
  const { id: candidateId, entryId, commit, tree, keys } = step
  if (step.isEmpty) return []
  const list = (names: readonly string[], purpose: AfterwardsState['purpose']) =>
    names.flatMap((check): AfterwardsState[] => {
      const key = keys[check]
      if (key === undefined) return []
      return [{ purpose, since, target: target.name, entryId, check, candidateId, commit, tree, key }]
    })
  const unknown = spec.advisory.filter((check) => !state.results.has(keys[check] ?? ''))
  return [...list(spec.afterwards, 'afterwards'), ...list(unknown, 'advisory')]
}
