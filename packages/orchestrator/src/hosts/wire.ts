import type { CommandAnswer, Published, RunCommand, RunEvent, RunOutcome } from '@ws/core'
import type { CheckCommand } from '@ws/merge-queue'
import { WorkEvent } from '@ws/store/records'
import * as z from 'zod'
import { QueueOrder, QueueStand } from '../landing/queue-order.ts'
import { ProcessIdentity } from '../platform/process-identity.ts'
import { RegistryChange } from '../registered/registry.ts'
import type { CheckAnswer } from './check-runs.ts'

/** The wire's own version: both ends have the same, or nothing is said. */
export const wireVersion = 3

/** The first line of whoever joins. */
export const Hello = z.looseObject({
  type: z.literal('hello'),
  wire: z.int(),
  /** The version of the run machine's state, which is handed over as it is. */
  machine: z.int(),
  /** What the leader wrote for those who may read the repository. */
  key: z.string(),
  process: ProcessIdentity,
})
export type Hello = z.infer<typeof Hello>

const commandTypes = [
  ...['run.start', 'run.extend', 'run.pause', 'run.resume', 'run.cancel', 'run.archive'],
  ...['task.retry', 'task.done', 'task.reprioritise'],
  ...['workstream.release', 'workstream.retry', 'workstream.discard', 'workstream.approve'],
  ...['limits.set', 'budget.set'],
]
const AnyCommand = z.looseObject({ type: z.enum(commandTypes), commandId: z.string().min(1) })
const usage = z.looseObject({ costUsd: z.number(), tokens: z.number(), durationMs: z.number() })
const place = { runId: z.string(), taskId: z.string(), attempt: z.int() }
const AnyReport = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('attempt.executed'), ...place }),
  z.looseObject({ type: z.literal('attempt.metered'), ...place, usage }),
  z.looseObject({ type: z.literal('attempt.ended'), ...place, usage }),
])

const Id = z.int().nonnegative()
const request = [
  z.looseObject({ type: z.literal('command'), id: Id, input: AnyCommand }),
  z.looseObject({
    type: z.literal('take-on'),
    id: Id,
    runId: z.string().min(1),
    offers: z.array(z.string()),
  }),
  z.looseObject({ type: z.literal('files'), id: Id, runs: z.array(z.string()) }),
  z.looseObject({ type: z.literal('follow'), id: Id }),
  z.looseObject({ type: z.literal('seen'), id: Id, event: WorkEvent }),
  z.looseObject({ type: z.literal('registry'), id: Id, change: RegistryChange }),
  z.looseObject({ type: z.literal('queue'), id: Id, order: QueueOrder }),
  z.looseObject({ type: z.literal('leave'), id: Id }),
] as const
const Outcome = z.looseObject({
  kind: z.enum(['passed', 'failed', 'timed-out', 'infrastructure', 'lost']),
})
const FromGuest = z.discriminatedUnion('type', [
  ...request,
  z.looseObject({ type: z.literal('checked'), id: Id, outcome: Outcome.optional() }),
  z.looseObject({ type: z.literal('report'), input: AnyReport }),
])

const Answer = z.looseObject({
  type: z.literal('answer'),
  id: Id,
  answer: z.looseObject({ ok: z.boolean() }),
  files: z.array(z.string()).optional(),
  entries: z.array(QueueStand).optional(),
})
const FromLeader = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('welcome'),
    epoch: z.int(),
    /** The number of the last event that the state holds. */
    seq: z.int(),
    state: z.unknown(),
  }),
  z.looseObject({ type: z.literal('refused'), message: z.string(), hint: z.string() }),
  z.looseObject({
    type: z.literal('events'),
    events: z.array(
      z.looseObject({ seq: z.int(), at: z.number(), event: z.looseObject({ type: z.string() }) }),
    ),
  }),
  Answer,
  z.looseObject({
    type: z.literal('check'),
    id: Id,
    command: z.looseObject({
      check: z.string(),
      run: z.union([z.string(), z.array(z.string())]),
      env: z.record(z.string(), z.string()),
      timeoutMs: z.number(),
      path: z.string(),
      logFile: z.string(),
    }),
  }),
  z.looseObject({ type: z.literal('check-stop'), id: Id }),
])

/** What somebody asks of the leader, with an answer. Asked twice, it is done once. */
export type Request =
  | { readonly type: 'command'; readonly input: RunCommand }
  | { readonly type: 'take-on'; readonly runId: string; readonly offers: readonly string[] }
  | { readonly type: 'files'; readonly runs: readonly string[] }
  | { readonly type: 'follow' }
  | { readonly type: 'seen'; readonly event: WorkEvent }
  | { readonly type: 'registry'; readonly change: RegistryChange }
  | { readonly type: 'queue'; readonly order: QueueOrder }
  | { readonly type: 'leave' }

/** What a request got. */
export interface Reply {
  readonly answer: CommandAnswer
  readonly files?: readonly string[]
  /** The entries of the queue that an order was about. */
  readonly entries?: readonly QueueStand[]
}

/** How an attempt stands that a guest works on. */
export type AttemptReport = Extract<RunOutcome, { readonly type: (typeof reportTypes)[number] }>

/** What a guest may say of an attempt. */
export const reportTypes = ['attempt.executed', 'attempt.metered', 'attempt.ended'] as const

/** What a guest says. */
export type GuestMessage =
  | (Request & { readonly id: number })
  | { readonly type: 'report'; readonly input: AttemptReport }
  /** How a check ended that the leader asked for. */
  | { readonly type: 'checked'; readonly id: number; readonly outcome?: CheckAnswer }

/** What a leader says. */
export type LeaderMessage =
  | { readonly type: 'welcome'; readonly epoch: number; readonly seq: number; readonly state: unknown }
  | { readonly type: 'refused'; readonly message: string; readonly hint: string }
  | { readonly type: 'events'; readonly events: readonly Published<RunEvent>[] }
  | ({ readonly type: 'answer'; readonly id: number } & Reply)
  /** Run this check, in your environment. */
  | { readonly type: 'check'; readonly id: number; readonly command: CheckCommand }
  /** Nobody wants to know any more. */
  | { readonly type: 'check-stop'; readonly id: number }

/** The envelope is checked here; what a command says is judged by the machine, which is of the same version. */
export function parseGuestMessage(value: unknown): GuestMessage {
  return FromGuest.parse(value) as unknown as GuestMessage
}

/** Events come from the same version of the machine: only their envelope is checked. */
export function parseLeaderMessage(value: unknown): LeaderMessage {
  return FromLeader.parse(value) as unknown as LeaderMessage
}
