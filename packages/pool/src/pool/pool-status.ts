import * as z from 'zod'

/** What is to be known of one instance; plain data. */
export const InstanceStatus = z.object({
  index: z.int(),
  toolId: z.string(),
  alive: z.boolean().describe('A process is there, or one would be started for the next turn.'),
  returnCode: z.int().nullable().describe('How the last process ended; null while one lives.'),
  state: z.enum(['spawning', 'ready', 'busy', 'draining', 'dead']),
  busy: z.boolean(),
  turns: z.int().describe('Begun since the pool was opened.'),
  failures: z.int(),
  restarts: z.int(),
  pid: z.int().nullable(),
  inFlight: z.int(),
  queued: z.int().describe('Prompts that wait for this instance.'),
  unread: z.int().describe('Answers that wait for their reader.'),
  cwd: z.string().nullable(),
  uptimeMs: z.number().nullable(),
  breakerOpenMs: z.number().nullable().describe('How long nothing is asked of it after too many crashes.'),
  lastProblem: z.string().nullable(),
  processKey: z.string().describe('What two processes have in common that can stand in for each other.'),
})
export type InstanceStatus = z.infer<typeof InstanceStatus>

/** An instance with what it costs and how long it takes. */
export const InstanceStats = InstanceStatus.extend({
  cpuMs: z
    .number()
    .nullable()
    .describe('Processor time of the process and what it started, at the last look.'),
  rssBytes: z.number().nullable(),
  p50Ms: z.number().nullable().describe('Half of the last 256 completed turns took at most so long.'),
  p95Ms: z.number().nullable(),
})
export type InstanceStats = z.infer<typeof InstanceStats>

/** A whole cluster. */
export const ClusterStats = z.object({
  tool: z.string(),
  count: z.int(),
  execution: z.enum(['pooled', 'one-shot']),
  alive: z.int(),
  busy: z.int(),
  queued: z.int().describe('Prompts that wait, those for one instance included.'),
  turns: z.int(),
  failures: z.int(),
  restarts: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  instances: z.array(InstanceStats),
})
export type ClusterStats = z.infer<typeof ClusterStats>

/** What a look at one instance found. */
export const InstanceHealth = z.object({
  index: z.int(),
  health: z.enum(['healthy', 'degraded', 'unhealthy']),
  isAlive: z.boolean().describe('There is a process.'),
  isReady: z.boolean().describe('It takes prompts, now or after the turn it is at.'),
  detail: z.string().describe('One sentence.'),
})
export type InstanceHealth = z.infer<typeof InstanceHealth>
