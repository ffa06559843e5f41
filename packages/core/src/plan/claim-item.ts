import * as z from 'zod'
import type { Claim } from '../claims/claim.ts'
import { Pattern } from './fields.ts'

const expected = 'expected a path or glob, or { path, mode, exclude }'

/** A claim as it is written: a pattern alone is exclusive. */
export const ClaimItem = z
  .union(
    [
      Pattern,
      z
        .strictObject({
          path: Pattern,
          mode: z
            .enum(['exclusive', 'shared'])
            .default('exclusive')
            .describe('Alone, or beside other shared holders.'),
          exclude: z.array(Pattern).optional().describe('Globs cut out of the path.'),
        })
        .meta({ title: 'claim' }),
    ],
    { error: expected },
  )
  .transform((item): Claim => {
    if (typeof item === 'string') return { path: item, mode: 'exclusive' }
    const { path, mode, exclude } = item
    return exclude === undefined ? { path, mode } : { path, mode, exclude }
  })

/** What a workstream may write, or a task of it. */
export const Claims = z.array(ClaimItem)
