import * as z from 'zod'

const byWord = { high: 1, medium: 2, normal: 2, low: 3 } as const

const expected = 'expected high, medium, low, or a whole number (0 is the most urgent)'

/** How urgent something is: a word, or a whole number of which the lowest comes first. Parsed it is a number. */
export const Priority = z
  .union([z.enum(['high', 'medium', 'normal', 'low']), z.int().nonnegative()], { error: expected })
  .transform((priority) => (typeof priority === 'number' ? priority : byWord[priority]))

/** What counts where nothing is said. */
export const mediumPriority: number = byWord.medium

/** The priority as people write it: a word where there is one. */
export function formatPriority(priority: number): 'high' | 'medium' | 'low' | number {
  if (priority === byWord.high) return 'high'
  if (priority === byWord.medium) return 'medium'
  return priority === byWord.low ? 'low' : priority
}
