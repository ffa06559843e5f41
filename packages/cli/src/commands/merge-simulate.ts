import { simulateQueue } from '@ws/merge-queue'
import { formatDuration } from '@ws/core'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { countOf } from '../arguments/parse-arguments.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import type { Terminal } from '../terminal.ts'

/** `ws merge simulate`: what each policy would make of arrivals like yours. */
export const mergeSimulateCommand: Command = {
  name: 'merge simulate',
  says: 'Compares the policies of the queue on made-up arrivals, in virtual time.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    entries: { value: 'a number', says: 'How many entries arrive: 100 where nothing is said.' },
    'per-hour': { value: 'a number', says: 'How many of them in an hour: 6.' },
    'check-minutes': { value: 'a number', says: 'How long the checks of one take: 10.' },
    'failure-percent': { value: 'a number', says: 'How many of a hundred fail: 5.' },
    slots: { value: 'a number', says: 'How many checks run at once: 2.' },
    json: { says: 'Writes the answer as a line of JSON.' },
  },
  example: {
    line: 'ws merge simulate --per-hour 12 --slots 4',
    does: 'shows what each policy makes of 12 an hour',
  },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('merge-simulation'),
    policies: z.array(
      z.looseObject({
        policy: z.string(),
        landed: z.int(),
        perHour: z.number(),
        medianMs: z.number(),
        p95Ms: z.number(),
      }),
    ),
  }),
  run: simulate,
}

async function simulate(given: Given, terminal: Terminal) {
  const count = (name: string, usual: number) => countOf(given, name) ?? usual
  const options = {
    arrivals: { count: count('entries', 100), perHour: count('per-hour', 6) },
    checkMs: { mean: count('check-minutes', 10) * 60_000, spread: 0.3 },
    failureRate: count('failure-percent', 5) / 100,
    slots: count('slots', 2),
  }
  const policies = []
  for (const policy of ['adaptive', 'serial', 'batch-bisect', 'speculative'] as const) {
    const { landed, rejected, perHour, turnaroundMs, runs, slotsUsed } = await simulateQueue({
      ...options,
      policy,
    })
    policies.push({
      policy,
      landed,
      rejected,
      perHour,
      medianMs: turnaroundMs.median,
      p95Ms: turnaroundMs.p95,
      runs,
      slotsUsed,
    })
  }
  if (given.flags.has('json')) writeJson(terminal, { type: 'merge-simulation', policies })
  else
    writeTable(
      terminal,
      policies.map(({ policy, landed, rejected, perHour, medianMs, p95Ms, runs }) => [
        policy,
        `${landed} landed, ${rejected} rejected`,
        `${perHour.toFixed(1)} an hour`,
        `half within ${formatDuration(Math.round(medianMs / 60_000) * 60_000)}`,
        `95 % within ${formatDuration(Math.round(p95Ms / 60_000) * 60_000)}, ${runs} check runs`,
      ]),
    )
  return exitCodes.completed
}
