import * as z from 'zod'

/** A moment in UTC, as every file says it. */
export const Time = z.iso.datetime({ offset: true })
