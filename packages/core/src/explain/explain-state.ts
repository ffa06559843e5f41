import type { PauseReason, PersonWait, SkipReason, WorkstreamFailure } from '../run/run-event.ts'
import { sayWorkstream } from './say.ts'

/** Why a task was not done, as a clause to stand after a colon. */
export function explainSkip(because: SkipReason, runId?: string): string {
  switch (because.reason) {
    case 'need-failed':
      return `it needs task "${because.need}", which did not succeed`
    case 'base-lost':
      return `it builds on ${sayWorkstream(because.base, runId)}, which did not land`
    case 'cancelled':
      return 'the run was cancelled'
    case 'workstream-stopped':
      return `task "${because.task}" of its workstream failed`
    case 'discarded':
      return 'what it builds on was discarded'
  }
}

/** Why a run pauses and what lifts it, as a clause to stand after a colon. */
export function explainPause(reason: PauseReason, waits: readonly PersonWait[] = []): string {
  switch (reason) {
    case 'user':
      return 'a person paused it (`ws resume`)'
    case 'budget':
      return 'its budget does not allow more (`ws resume --budget <usd>`)'
    case 'disk':
      return 'there is too little disk space'
    case 'no-host':
      return 'no host offers what it requires (`ws resume <run>`)'
    case 'needs-person':
      return `it waits for a person (${waits.map(remedy).join(', ')})`
  }
}

/** Why a pause is over, as a clause to stand after a colon. */
export function explainResume(reason: PauseReason): string {
  switch (reason) {
    case 'user':
      return 'a person resumed it'
    case 'budget':
      return 'its budget was raised'
    case 'disk':
      return 'there is disk space again'
    case 'no-host':
      return 'it waits for no host any more'
    case 'needs-person':
      return 'it waits for no person any more'
  }
}

/** Why a workstream failed, as a clause to stand after a colon. */
export function explainWorkstreamFailure(reason: WorkstreamFailure): string {
  switch (reason) {
    case 'task':
      return 'a required task failed'
    case 'skipped':
      return 'a required task was skipped'
    case 'conflicted':
      return 'its branch conflicts with the target'
    case 'rejected':
      return 'its branch did not pass the checks'
    case 'infrastructure':
      return 'its landing met a fault of its surroundings'
    case 'cancelled':
      return 'the run was cancelled'
    case 'discarded':
      return 'it was discarded'
  }
}

/** Why a workstream is quarantined, as a clause to stand after a colon. */
export function explainQuarantine(reason: 'task' | 'landing' | 'base-discarded'): string {
  switch (reason) {
    case 'task':
      return 'a task broke a guardrail'
    case 'landing':
      return 'its branch broke a guardrail on the way to the target'
    case 'base-discarded':
      return 'what it builds on was discarded'
  }
}

function remedy({ id, waitsFor }: PersonWait): string {
  switch (waitsFor) {
    case 'done':
      return `\`ws done ${id}\``
    case 'approve':
      return `\`ws merge approve ${id}\``
    case 'release':
      return `\`ws release ${id}\`, \`ws retry ${id}\` or \`ws discard ${id}\``
  }
}
