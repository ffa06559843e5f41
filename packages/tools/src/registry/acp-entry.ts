import * as z from 'zod'
import { isPattern } from '../failure/failure-rule.ts'
import { MessageRule } from '../message/message-rule.ts'

const modeId = z.string().min(1).optional()

/** `AcpSpec` as a registry file writes it. */
export const AcpEntry = z
  .strictObject({
    modes: z
      .strictObject({ read: modeId, ask: modeId, edit: modeId, all: modeId })
      .meta({ title: 'session modes' })
      .optional()
      .describe('The session modes that stand for what it may do.'),
    updateRules: z.array(MessageRule).optional().describe('What its updates mean beyond the protocol.'),
    responseRules: z
      .array(MessageRule)
      .optional()
      .describe('What its answer to a prompt means beyond its stop reason.'),
    errorText: z
      .string()
      .refine(isPattern, { error: 'expected a regular expression' })
      .optional()
      .describe('Answers of this form are errors.'),
    isLoadBroken: z.boolean().optional().describe('It loses the sessions that it is asked to load.'),
    countsAnew: z
      .boolean()
      .optional()
      .describe('Its totals of a session begin at 0 in each process that takes the session up.'),
  })
  .meta({ title: 'acp agent' })
export type AcpEntry = z.output<typeof AcpEntry>
