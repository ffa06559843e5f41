import { RunSummary } from '@ws/store/records'
import * as z from 'zod'

/** How a run ended, or what it would do: the last line of commands that follow one. */
export const ResultAnswer = z.union([
  RunSummary.omit({ workstreams: true }).extend({
    version: z.literal(1),
    type: z.literal('result'),
    workstreams: z.array(z.looseObject({ id: z.string(), status: z.string() })),
  }),
  z.looseObject({
    version: z.literal(1),
    type: z.literal('dry-run'),
    name: z.string(),
    groups: z.array(z.array(z.string())),
    conflicts: z.array(z.object({ a: z.string(), b: z.string(), path: z.string() })),
  }),
])
