import * as z from 'zod'
import { Duration } from '../words/duration.ts'
import { Id } from '../words/id.ts'
import { Command, Milliseconds, Text, Usd, saidOnce } from './fields.ts'
import { sharedSettings } from './plan.ts'

const on = z
  .array(z.enum(['end', 'budget', 'escalation']))
  .optional()
  .describe('When to say something (always, where nothing is said).')

const Notification = z.union(
  [
    z.strictObject({ on, command: Command }),
    z.strictObject({ on, webhook: z.url({ error: 'expected a URL' }) }),
    z.strictObject({
      on,
      email: z.strictObject({
        to: z.union([Text, z.array(Text).min(1)]),
        from: Text.optional(),
        smtp: Text.optional(),
      }),
    }),
    z.strictObject({ on, desktop: z.literal(true) }),
  ],
  { error: 'expected one of command, webhook, email and desktop' },
)

const User = z
  .strictObject({
    name: Text.optional(),
    email: Text.optional(),
    budget: z.strictObject({ usdPerDay: Usd }).optional().describe('What may be spent in their name.'),
    scopes: z
      .array(z.enum(['read', 'run', 'merge', 'admin']))
      .optional()
      .describe('What they may do.'),
  })
  .meta({ title: 'user' })

const Server = z
  .strictObject({
    host: Text.optional().describe('The address to listen on (loopback where nothing is said).'),
    port: z.int().min(0).max(65_535).optional(),
    publicUrl: z
      .url({ error: 'expected a URL' })
      .optional()
      .describe('The address that links in notifications begin with.'),
    allowHosts: z.array(Text).optional().describe('Further host names that requests may be addressed to.'),
    allowOrigins: z.array(Text).optional().describe('Further origins that pages may come from.'),
  })
  .meta({ title: 'server' })

const Archive = z
  .strictObject({
    after: Duration.optional().describe('How long after its end a run is packed.'),
    afterMs: Milliseconds.optional(),
  })
  .refine(...saidOnce('after'))
  .transform(({ after, ...archive }) => (after === undefined ? archive : { ...archive, afterMs: after }))
  .meta({ title: 'archive' })

/** A project's settings, as `ws.yaml` holds them. A plan goes before them, but for the ceilings. */
export const Config = z
  .strictObject({
    version: z
      .literal(1, { error: 'expected 1, the version of the format' })
      .default(1)
      .describe('The version of the format.'),
    ...sharedSettings,
    ceilings: z
      .strictObject({ concurrency: z.int().positive().optional(), usd: Usd.optional() })
      .meta({ title: 'ceilings' })
      .optional()
      .describe('What no plan can raise: tasks at once, and USD for a run.'),
    generated: z
      .record(Text, Command)
      .default({})
      .describe('Files that a command makes anew, such as lock files.'),
    worktrees: z
      .strictObject({
        folder: Text.optional().describe('The folder that they are made in, from that of the settings on.'),
        minFreeMb: z.number().nonnegative().optional().describe('With less free space nothing new starts.'),
        ahead: z
          .int()
          .nonnegative()
          .optional()
          .describe(
            'How many are made for tasks that wait for a slot; as many as slots are in use, unless told.',
          ),
      })
      .meta({ title: 'worktrees' })
      .optional()
      .describe('Where worktrees are, how many, and the free space below which no new one is made.'),
    events: z
      .strictObject({ publishTo: z.url({ error: 'expected a URL' }).optional() })
      .meta({ title: 'events' })
      .optional()
      .describe('Another bus that gets every topic.'),
    notify: z.array(Notification).optional().describe('Whom to tell what.'),
    users: z.record(Id, User).default({}).describe('Who may do what, by name.'),
    server: Server.optional().describe('The dashboard and its interface.'),
    archive: Archive.optional().describe('When finished runs are packed.'),
  })
  .meta({ title: 'configuration' })

/** A project's parsed settings. */
export type Config = z.output<typeof Config>
/** A project's settings as people write them. */
export type ConfigInput = z.input<typeof Config>
