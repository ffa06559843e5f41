import * as z from 'zod'

/** One instance of a tool, as other programs may rely on it; a pool says more. */
export const InstanceShape = z
  .looseObject({
    index: z.int(),
    toolId: z.string(),
    alive: z.boolean(),
    /** `null` while it lives. */
    returnCode: z.int().nullable(),
    state: z.string(),
    busy: z.boolean(),
    turns: z.int(),
    restarts: z.int(),
  })
  .meta({ title: 'instance status' })
