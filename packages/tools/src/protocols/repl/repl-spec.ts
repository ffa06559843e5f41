import * as z from 'zod'
import { FailureRule, isPattern } from '../../failure/failure-rule.ts'
import { MessageRule } from '../../message/message-rule.ts'

const Pattern = z.string().min(1).refine(isPattern, { error: 'expected a regular expression' })

const Template = z.string().min(1, { error: 'expected what is written, such as "{text}\\n"' })

/** How the end of a turn is known, the most certain first. */
export const TurnFraming = z
  .union(
    [
      z.strictObject({
        sentinel: Pattern.describe(
          'What the program says to the text that is sent after each prompt ({id}: its mark), within a line.',
        ),
        after: Template.describe('That text: an unknown command, an echo; {id} is its mark.'),
      }),
      z
        .strictObject({ messages: z.array(MessageRule).min(1) })
        .describe('Lines of JSON, and what they mean.'),
      z.strictObject({ exit: z.literal(true) }).describe('The exit of the program: a process for each turn.'),
      z
        .strictObject({ pattern: Pattern })
        .describe('Something that is said at the end; output may hold it too.'),
      z.strictObject({
        quietMs: z.int().positive().describe('So long after the last output the turn is taken for ended.'),
        prompt: Pattern.optional().describe('And only where the output ends like this.'),
      }),
    ],
    { error: 'expected one of sentinel with after, messages, exit, pattern, and quietMs' },
  )
  .meta({ title: 'turn framing' })
export type TurnFraming = z.output<typeof TurnFraming>

const Group = z.int().positive({ error: 'expected the number of a group in the expression' })

/** A program that talks in lines of text, described by data: any CLI. */
export const ReplSpec = z
  .strictObject({
    ready: Pattern.optional().describe('What is said when the program takes a prompt; without it, at once.'),
    send: Template.default('{text}\n').describe(
      'How a prompt of one line is written; {json}: as a JSON text.',
    ),
    sendBlock: Template.optional().describe(
      'How a prompt of several lines is written; without it, as one of one line.',
    ),
    end: TurnFraming,
    usage: z
      .strictObject({
        pattern: Pattern,
        scope: z.enum(['turn', 'step', 'session-total']),
        input: Group.optional(),
        output: Group.optional(),
        cached: Group.optional(),
        costUsd: Group.optional(),
      })
      .meta({ title: 'usage' })
      .array()
      .default([])
      .describe('Where the output says what was used: expressions, and the groups that hold the numbers.'),
    errors: z.array(FailureRule).default([]).describe('What in the output means that the turn failed.'),
    recovered: Pattern.optional().describe(
      'What shows that it went on after an error: errors before it do not count.',
    ),
    changed: Pattern.optional().describe('Where the output names a file that was changed; its first group.'),
    hidden: Pattern.optional().describe('What of the output is no part of the answer.'),
    reset: Template.optional().describe('What makes the program forget what was said.'),
    quit: Template.optional().describe('What ends the program.'),
  })
  .meta({ title: 'line protocol' })
export type ReplSpec = z.output<typeof ReplSpec>
/** A line protocol as people write it. */
export type ReplSpecInput = z.input<typeof ReplSpec>
