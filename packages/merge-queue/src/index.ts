export type { CheckedCandidate, CheckFunction, CheckVerdict } from './checks/check-definition.ts'
export { runCheckCommand } from './checks/run-check.ts'
export type { CheckCommand, CheckCommandRunner } from './checks/run-check.ts'
export { MergeQueueFile, mergeQueueJsonSchema } from './files/merge-queue-file.ts'
export { checkQueueInvariants } from './queue/check-queue-invariants.ts'
export { checkQueueLog } from './queue/check-queue-log.ts'
export type { EntryReason, EntryView, QueueView, TargetView } from './queue/entry-view.ts'
export type { EntryWaiting } from './queue/entry-waiting.ts'
export {
  explainConflict,
  explainEntryProblem,
  explainEntryWaiting,
  explainFreeze,
} from './queue/explain-entry.ts'
export type {
  BuildEffect,
  CheckEffect,
  EntryProblem,
  EscalateEffect,
  LandEffect,
  QueueEffect,
  WatchEffect,
} from './queue/queue-effect.ts'
export type {
  CancelReason,
  CandidateProblem,
  CheckPurpose,
  DeferReason,
  FreezeReason,
  QueueEvent,
  RejectionProblem,
} from './queue/queue-event.ts'
export type {
  CandidateOutcome,
  CheckOutcome,
  EscalationOutcome,
  FileConflict,
  LandOutcome,
  OfCandidate,
  OfCheckRun,
  OfEntry,
  OfEscalation,
  OfLand,
  OfTarget,
  QueueCommand,
  QueueInput,
  QueueOutcome,
  TargetSight,
} from './queue/queue-input.ts'
export { queueMachine } from './queue/queue-machine.ts'
export type { QueueMachine, QueueMachineOptions } from './queue/queue-machine.ts'
export type { CheckSpec, EntrySpec, LandingMethod, QueueSettings } from './queue/queue-spec.ts'
export type { EntryPhase, QueueState } from './queue/queue-state.ts'
export { EntryInput } from './service/entry-input.ts'
export type { EntryExplanation } from './service/explain-standing.ts'
export type { MergeQueue } from './service/merge-queue.ts'
export { openMergeQueue } from './service/open-merge-queue.ts'
export type { OpenMergeQueueOptions } from './service/open-merge-queue.ts'
export { CheckOptions, QueueOptions } from './service/queue-options.ts'
export type { Escalation, EscalationHandler, QueueOptionsInput } from './service/queue-options.ts'
export type { TargetStanding } from './service/view-targets.ts'
export { simulateQueue } from './simulate/simulate-queue.ts'
export type { QueueSimulation, QueueSimulationOptions, TracedEntry } from './simulate/simulate-queue.ts'
export type { WaitEstimate } from './estimate/estimate-wait.ts'
