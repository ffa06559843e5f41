import { learnArrival } from '../estimate/statistics.ts'
import { evolveCheck } from './evolve-check.ts'
import { evolveEntry } from './evolve-entry.ts'
import { evolveTarget } from './evolve-target.ts'
import { forgetOldest } from './forget-oldest.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueState } from './queue-state.ts'
import { initialTarget } from './queue-state.ts'

/** How many answers to commands are remembered: far more than any client repeats. */
const rememberedAnswers = 1_000

/** Takes an event into the state: the only way the state ever changes. */
export function evolve(state: QueueState, event: QueueEvent, at: number): void {
  state.isDerived = false
  switch (event.type) {
    case 'command.answered':
      state.answers.set(event.commandId, event.answer)
      return forgetOldest(state.answers, rememberedAnswers)
    case 'queue.configured': {
      const isNew = JSON.stringify(event.settings.checks) !== JSON.stringify(state.settings.checks)
      state.settings = event.settings
      if (isNew) state.definition++
      for (const target of state.targets.values()) target.lines = undefined
      return
    }
    case 'queue.paused':
      state.isPaused = true
      return
    case 'queue.resumed':
      state.isPaused = false
      return
    case 'landing.queued': {
      const { target } = event.entry
      if (!state.targets.has(target)) state.targets.set(target, initialTarget(target))
      learnArrival(state.statistics, at)
      return evolveEntry(state, event, at)
    }
    case 'landing.updated':
    case 'landing.requeued':
    case 'landing.relevelled':
    case 'landing.jumped':
    case 'landing.approved':
    case 'conflict.predicted':
    case 'landing.emptied':
    case 'landing.conflicted':
    case 'landing.rejected':
    case 'landing.diagnosed':
    case 'landing.cancelled':
    case 'landing.reverted':
    case 'escalation.raised':
    case 'escalation.resolved':
      return evolveEntry(state, event, at)
    case 'candidate.built':
    case 'candidate.failed':
    case 'check.started':
    case 'check.ended':
    case 'check.stopped':
    case 'landing.verified':
      return evolveCheck(state, event, at)
    case 'target.frozen':
    case 'target.thawed':
    case 'target.moved':
    case 'target.followed':
    case 'target.held':
    case 'target.questioned':
    case 'line.forked':
    case 'line.joined':
    case 'landing.checked':
    case 'landing.intended':
    case 'landing.landed':
    case 'landing.deferred':
    case 'infrastructure.failed':
    case 'infrastructure.retried':
      if (!state.targets.has(event.target)) state.targets.set(event.target, initialTarget(event.target))
      return evolveTarget(state, event, at)
  }
}
