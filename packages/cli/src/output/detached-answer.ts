import * as z from 'zod'

/** What goes on in another process, and where that writes. */
export const DetachedAnswer = z.object({
  version: z.literal(1),
  type: z.literal('detached'),
  runs: z.array(z.string()),
  pid: z.int(),
  log: z.string(),
})
