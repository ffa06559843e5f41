import * as z from 'zod'
import { isPattern } from '../failure/failure-rule.ts'

const Path = z
  .string()
  .min(1, { error: 'expected a path such as item.changes[].path' })
  .describe(
    'A path in the message: keys with dots between, [] for each entry of a list, * for each value of a map.',
  )

const Plain = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** What has to stand at a path: a value, one of several, something at all, or a text of some form. */
const Condition = z
  .union(
    [
      Plain,
      z.array(Plain).min(1),
      z.strictObject({ exists: z.boolean() }),
      z.strictObject({ not: Plain }),
      z.strictObject({ matches: z.string().refine(isPattern, { error: 'expected a regular expression' }) }),
    ],
    { error: 'expected a value, a list of values, { exists: true }, { not: … } or { matches: … }' },
  )
  .meta({ title: 'condition' })
/** Parsed: which messages a rule is about. */
export type Condition = z.output<typeof Condition>

const ToolPart = z
  .strictObject({
    id: Path.optional().describe('What ties its beginning to its end.'),
    name: Path.optional().describe('Its name; at its end it may be left out where an id ties it.'),
    called: z.string().optional().describe('Its name, where the message has none.'),
    status: z.enum(['started', 'done', 'failed']),
    kind: z
      .enum(['write', 'command', 'other'])
      .optional()
      .describe('What it does, where its name does not say it.'),
    paths: z.array(Path).optional().describe('The files that it is about.'),
    detail: Path.optional().describe('A command, or what came out.'),
  })
  .meta({ title: 'tool part' })

const UsagePart = z
  .strictObject({
    scope: z.enum(['turn', 'step', 'run', 'session-total']).describe('What the numbers count.'),
    id: Path.optional().describe('The step they belong to.'),
    input: z.array(Path).optional().describe('Tokens that were read; several paths are added up.'),
    output: z.array(Path).optional().describe('Tokens that were written.'),
    cached: z.array(Path).optional().describe('Tokens that came from a cache, counted in input as well.'),
    costUsd: Path.optional(),
    guessed: z
      .strictObject({ at: Path, value: Plain })
      .optional()
      .describe('Where the message says that its amount in USD is a guess.'),
  })
  .meta({ title: 'usage part' })

const ErrorPart = z
  .strictObject({
    message: Path.optional(),
    status: Path.optional().describe('A status of HTTP.'),
    code: Path.optional().describe("The tool's own word for it."),
    says: z.string().optional().describe('What to say, where the message says nothing.'),
  })
  .meta({ title: 'error part' })

const DeniedPart = z
  .strictObject({
    id: Path.optional().describe('What ties it to the beginning of the tool that was denied.'),
    name: Path.optional(),
    paths: z.array(Path).optional(),
    command: Path.optional(),
  })
  .meta({ title: 'denied part' })

/**
 * What a message of a tool means, as data: every rule whose conditions hold says its part. A tool that writes lines
 * of JSON is described by a list of these.
 */
export const MessageRule = z
  .strictObject({
    when: z.record(Path, Condition).optional().describe('What has to hold; without it the rule always does.'),
    each: Path.optional().describe('The rest is about each of these entries instead of the message.'),
    where: z.record(Path, Condition).optional().describe('What has to hold for such an entry.'),
    session: Path.optional().describe("The session's id."),
    model: Path.optional().describe('The model at work.'),
    text: Path.optional().describe('A whole piece of the answer.'),
    delta: Path.optional().describe('A further part of the answer.'),
    answer: Path.optional().describe('The whole answer, in place of what came before.'),
    tool: ToolPart.optional(),
    usage: UsagePart.optional(),
    retrying: z
      .strictObject({ attempt: Path, detail: z.array(Path) })
      .meta({ title: 'retrying part' })
      .optional(),
    denied: DeniedPart.optional(),
    error: ErrorPart.optional().describe(
      'Something went wrong; the turn fails with it unless it is said to be completed.',
    ),
    end: z.enum(['completed', 'failed', 'interrupted']).optional().describe('The turn ended like this.'),
  })
  .meta({ title: 'message rule' })
export type MessageRule = z.output<typeof MessageRule>
