import * as z from 'zod'
import { Time } from './time.ts'

/** An event of the log as it leaves the process: envelope and payload in one object. The types are in docs/events.md. */
export const EventShape = z
  .looseObject({
    seq: z.int(),
    at: Time,
    /** `noun.past-participle`. */
    type: z.string().regex(/^[a-z]+\.[a-z-]+$/),
    runId: z.string().optional(),
  })
  .meta({ title: 'event' })
