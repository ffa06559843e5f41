import { Priority } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

/** What somebody asks to be done. */
export const RequestInput = z.looseObject({
  request: z.string().min(1),
  files: z.array(z.string()).default([]),
  priority: Priority.optional(),
  budgetUsd: z.number().positive().optional(),
  user: z.string().optional(),
})

/** What becomes of a request that was accepted. */
export const AcceptedRequest = z.looseObject({
  requestId: z.string(),
  correlationId: z.string(),
  userId: z.string(),
  at: Time,
  budgetApproved: z.boolean(),
  remainingDailyBudgetUsd: z.number().nullable(),
})

/** A row of the audit log: who asked for what. */
export const AuditRow = z.looseObject({
  at: Time,
  userId: z.string(),
  action: z.string(),
  details: z.unknown(),
  requestId: z.string().nullable(),
  correlationId: z.string().nullable(),
})
