export { checkClaim, checkPattern, validateClaim } from './claims/check-claim.ts'
export { ClaimIndex } from './claims/claim-index.ts'
export type { ClaimConflict } from './claims/claim-index.ts'
export { ClaimTable } from './claims/claim-table.ts'
export type {
  ClaimAnswer,
  ClaimBlocker,
  ClaimRequestOptions,
  ClaimTableOptions,
  FrozenClaims,
} from './claims/claim-table.ts'
export { modesClash } from './claims/claim.ts'
export type { Claim, ClaimMode, ClaimPattern } from './claims/claim.ts'
export { findConflicts } from './claims/find-conflicts.ts'
export type { ClaimHolder, FindConflictsOptions, HolderConflict } from './claims/find-conflicts.ts'
export { matchesClaim, violations } from './claims/match-claim.ts'
export { claimsOverlap, overlapWitness } from './claims/overlap.ts'
export type { ClaimMatchOptions } from './claims/overlap.ts'
export { normalizePattern, parsePattern } from './claims/parse-pattern.ts'
export type { ParsedPattern, PatternSpellingOptions } from './claims/parse-pattern.ts'
export type { PatternProblem, PatternProblemReason } from './claims/pattern-problem.ts'
export { dispatch } from './dispatch/dispatch.ts'
export type { DispatchOptions, Settled } from './dispatch/dispatch.ts'
export { PriorityQueue } from './dispatch/priority-queue.ts'
export type { PriorityQueueOptions } from './dispatch/priority-queue.ts'
export type { Breach, Failure, InterruptReason } from './errors/failure.ts'
export { invariant } from './errors/invariant.ts'
export { isWsError, WsError } from './errors/ws-error.ts'
export type { WsErrorJson, WsErrorOptions } from './errors/ws-error.ts'
export { CompactGraph, criticalPathLengthsOf } from './graph/compact-graph.ts'
export type { Adjacency } from './graph/compact-graph.ts'
export { criticalPath, criticalPathLengths } from './graph/critical-path.ts'
export type { CriticalPath, CriticalPathOptions } from './graph/critical-path.ts'
export type { DurationOf } from './graph/durations.ts'
export { findCycle, findCycles } from './graph/find-cycle.ts'
export { lowerBound } from './graph/lower-bound.ts'
export type { DemandingTask, LowerBound, LowerBoundOptions } from './graph/lower-bound.ts'
export { Precedence } from './graph/precedence.ts'
export { ReadySet, readyTasks } from './graph/ready-tasks.ts'
export type { Progress } from './graph/ready-tasks.ts'
export { buildGraph, compactTasks, findGraphProblems } from './graph/task-graph.ts'
export type { GraphProblem, GraphTask, TaskGraph } from './graph/task-graph.ts'
export { executionGroups, topologicalOrder } from './graph/topological-order.ts'
export { findWorkstreamCycle } from './graph/workstream-cycle.ts'
export type { WorkstreamCycle, WorkstreamTask } from './graph/workstream-cycle.ts'
export { explainBreach } from './explain/explain-breach.ts'
export { explainFailure } from './explain/explain-failure.ts'
export { explainPause, explainSkip } from './explain/explain-state.ts'
export { explainWaiting } from './explain/explain-waiting.ts'
export { explain } from './explain/explain.ts'
export type { Waiting } from './explain/waiting.ts'
export { why } from './explain/why.ts'
export { systemClock } from './machine/clock.ts'
export type { Clock } from './machine/clock.ts'
export type { Driver, DriverContext } from './machine/driver.ts'
export { EventFeed } from './machine/event-feed.ts'
export type { Published } from './machine/event-feed.ts'
export { loadHost, openHost } from './machine/host.ts'
export type { Host, HostOptions } from './machine/host.ts'
export type {
  Journal,
  ReadOptions,
  Snapshot,
  Step,
  StepDraft,
  StepPosition,
  TimedInput,
} from './machine/journal.ts'
export type { CommandAnswer, Machine, MachineEvent, MachineInput } from './machine/machine.ts'
export { decideInto } from './machine/machine.ts'
export { MemoryJournal } from './machine/memory-journal.ts'
export { replay } from './machine/replay.ts'
export type { Replayed } from './machine/replay.ts'
export { Config } from './plan/config.ts'
export type { ConfigInput } from './plan/config.ts'
export { configJsonSchema, planJsonSchema } from './plan/json-schema.ts'
export type { JsonSchema } from './plan/json-schema.ts'
export { parseConfig } from './plan/parse-config.ts'
export type { ConfigResult, ParseConfigOptions } from './plan/parse-config.ts'
export { checkPlan, compilePlan, parsePlan } from './plan/parse-plan.ts'
export type { ParsePlanOptions, PlanResult } from './plan/parse-plan.ts'
export { findPlanConflicts } from './plan/plan-conflicts.ts'
export { planToInput, planToYaml } from './plan/plan-to-yaml.ts'
export { Plan } from './plan/plan.ts'
export type { PlanInput } from './plan/plan.ts'
export { describeIssues } from './plan/problem/describe-issue.ts'
export { formatProblems } from './plan/problem/format-problems.ts'
export type { FormatProblemsOptions } from './plan/problem/format-problems.ts'
export { locateFindings } from './plan/problem/locate-findings.ts'
export type { LocateOptions } from './plan/problem/locate-findings.ts'
export type { DocumentPath, Finding, PlanProblem, PlanProblemCode } from './plan/problem/plan-problem.ts'
export { resolveRun } from './plan/resolve-run.ts'
export type { ResolveRunOptions } from './plan/resolve-run.ts'
export { readSource } from './plan/source/read-source.ts'
export type { Source, SourceFormat, SourceProblem, SourceSpan } from './plan/source/source.ts'
export { checkInvariants } from './run/check-invariants.ts'
export { attemptKey, landingKey } from './run/run-effect.ts'
export type { AttemptEffect, LandingEffect, RunEffect } from './run/run-effect.ts'
export type {
  BlockReason,
  PauseReason,
  PersonWait,
  Pinned,
  RoundedTask,
  RunEvent,
  SkipReason,
  StateCounts,
  WorkstreamFailure,
} from './run/run-event.ts'
export { noUsage } from './run/run-input.ts'
export type {
  AttemptOutcome,
  LandingOutcome,
  OfAttempt,
  OfLanding,
  OfRun,
  OfTask,
  OfWorkstream,
  RunCommand,
  RunInput,
  RunOutcome,
  ToolHealth,
  Usage,
} from './run/run-input.ts'
export { runMachine } from './run/run-machine.ts'
export { upNext } from './run/up-next.ts'
export type { RunMachine } from './run/run-machine.ts'
export { defaultBackoff } from './run/run-spec.ts'
export type {
  BackoffSpec,
  BudgetSpec,
  FailurePolicy,
  RunSpec,
  TaskSpec,
  ToolChoice,
  WorkstreamSpec,
} from './run/run-spec.ts'
export type {
  AccountState,
  AttemptState,
  HostState,
  LandingState,
  RunMachineState,
  RunState,
  TaskPhase,
  TaskState,
  ToolState,
  WorkstreamPhase,
  WorkstreamState,
} from './run/run-state.ts'
export type { CheckPlanOptions } from './plan/check/context.ts'
export type { PlanFormat } from './plan/foreign/compile-foreign.ts'
export { formatPath } from './plan/problem/plan-problem.ts'
export type { TaskSelection } from './plan/select-tasks.ts'
export type { Budget, Check, Merge, ToolSettings } from './plan/settings.ts'
export type { Guardrails } from './plan/guardrails.ts'
export type {
  GuardrailCommand,
  GuardrailConsequence,
  GuardrailLimit,
  GuardrailPattern,
  GuardrailWork,
  LandingWork,
  RunWork,
  TaskWork,
  WorkstreamWork,
} from './run/work-spec.ts'
export type { Command } from './plan/fields.ts'
export { Task, timeoutMsOf } from './plan/task.ts'
export type { TaskInput } from './plan/task.ts'
export type { KnownTool } from './plan/tool-choice.ts'
export { Workstream } from './plan/workstream.ts'
export type { WorkstreamInput } from './plan/workstream.ts'
export { isBranchName } from './words/branch-name.ts'
export { canonicalCapability } from './words/capability.ts'
export { checkKey, wellKnownChecks } from './words/check-name.ts'
export { Duration, formatDuration, parseDuration } from './words/duration.ts'
export { Id } from './words/id.ts'
export { nearestName } from './words/nearest-name.ts'
export { formatPriority, Priority } from './words/priority.ts'
export { MergeStatus, RunStatus, TaskStatus, WorkstreamStatus } from './words/states.ts'
export { builtInTools, canonicalTool, personTool, toolKey } from './words/tool-name.ts'
export type {
  AttemptOutput,
  AttemptWork,
  Execution,
  ExecutionContext,
  Executor,
  Job,
} from './ports/executor.ts'
export type { Landing, LandingChange, LandingContext, LandingRequest } from './ports/landing.ts'
export type {
  OfRound,
  ReleasedWork,
  Settlement,
  SettleRequest,
  Workspace,
  WorkspaceAnswer,
  WorkspaceRequest,
  Workspaces,
} from './ports/workspaces.ts'
