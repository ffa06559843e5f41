import * as z from 'zod'
import { Time } from './time.ts'

/** `verification_report.json`: which checks and verifying tasks a run's work passed. */
export const VerificationFile = z
  .looseObject({
    verification_id: z.string(),
    /** The workstream that verified, else the run. */
    workstream_id: z.string(),
    timestamp: Time,
    checks: z.record(z.string(), z.boolean()),
    overall_status: z.enum(['PASSED', 'FAILED']),
    summary: z.string(),
    metrics: z.record(z.string(), z.number().nullable()),
    recommendations: z.array(z.string()),
  })
  .meta({ title: 'verification_report.json' })
/** `verification_report.json`. */
export type VerificationFile = z.output<typeof VerificationFile>
