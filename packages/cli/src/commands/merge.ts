import { type MergeQueue, MergeQueueFile } from '@ws/merge-queue'
import * as z from 'zod'
import type { Command, Given, OptionSpec } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { QueueAnswer, tellStands } from '../output/queue-lines.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { readHolds, readRecords } from '../project/read-log.ts'
import { type LedQueue, withQueueAnywhere } from '../project/with-leader.ts'
import { checksFor, optionsOf } from '../project/with-queue.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'
import { mergeOrders, waitFor } from './merge-orders.ts'
import { mergeSimulateCommand } from './merge-simulate.ts'
import { settle } from './settle-queue.ts'

const json: OptionSpec = { says: 'Writes the answer as a line of JSON.' }
const later: OptionSpec = { says: 'Only notes it; whatever lands next takes it along.' }

/** `ws merge`: the queue by itself, for branches that anything has made. */
export const mergeCommands: readonly Command[] = [
  {
    name: 'merge list',
    says: 'Lists what waits to land, and what became of what did; also while another process works.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws merge list', does: 'shows the queue and its history' },
    answers: MergeQueueFile.extend({
      version: z.literal(1),
      type: z.literal('merge-list'),
      isPaused: z.boolean(),
    }),
    run: (given, terminal) =>
      withRepository(terminal, async ({ facts }) => {
        const { queue } = await readRecords(facts)
        const { isPaused, frozen } = await readHolds(facts)
        if (given.flags.has('json')) {
          const targets = frozen.map(({ name, because }) => ({ name, frozen: because }))
          writeJson(terminal, { type: 'merge-list', ...queue, isPaused, targets })
          return exitCodes.completed
        }
        const rows = [
          ...queue.queue.map((entry) => [
            `${entry.position ?? ''}`,
            short(entry.branch),
            entry.reason === undefined ? entry.status : `${entry.status} (${entry.reason})`,
            `${entry.checks_passed.length}/${entry.checks_required.length} checks`,
            entry.id,
          ]),
          ...queue.processing_history.map(({ branch, status, reason, id }) => [
            '',
            short(branch),
            reason === undefined ? status : `${status} (${reason})`,
            '',
            id,
          ]),
        ]
        if (rows.length === 0) terminal.out('nothing was ever queued here\n')
        else writeTable(terminal, rows)
        if (isPaused) terminal.out('the queue is paused; ws merge resume goes on\n')
        for (const { name, because } of frozen)
          writeWrapped(terminal, plainText(`nothing lands on ${name}: ${because.join('; ')}`), '  ')
        return exitCodes.completed
      }),
  },
  {
    name: 'merge add',
    says: 'Queues branches as they stand, whatever made them, and lands them through the checks of ws.yaml.',
    takes: '<branch…>',
    positionals: { least: 1, most: 1_000 },
    options: {
      target: { value: 'a branch', says: 'Where they land, where that is not the base of ws.yaml.' },
      priority: { value: 'a priority', says: 'high, medium or low.' },
      approve: { says: 'They wait for a person after their checks.' },
      later,
      json,
    },
    example: { line: 'ws merge add topic', does: 'lands "topic" once its checks have passed on the result' },
    answers: QueueAnswer,
    run: (given, terminal) =>
      withQueueAnywhere(terminal, {
        here: (queue, { config }) =>
          addBranches(queue, given, { terminal, config, branches: given.positionals }),
        there: (led, { config }) =>
          addBranchesThere(led, given, { terminal, config, branches: given.positionals }),
      }),
  },
  ...mergeOrders,
  mergeSimulateCommand,
]

/** As people call a branch. */
const short = (branch: string) => branch.replace(/^refs\/heads\//, '')

interface Adding {
  readonly terminal: Terminal
  readonly config: Parameters<typeof checksFor>[0]
  readonly branches: readonly string[]
}

/** Queues branches here, and lands them unless that is for later. */
export async function addBranches(queue: MergeQueue, given: Given, { terminal, config, branches }: Adding) {
  const ids: string[] = []
  for (const branch of branches) {
    const entry = await queue.add({ branch, ...checksFor(config), ...asked(given) })
    ids.push(entry.id)
  }
  return settle(queue, given, terminal, ids)
}

/** The same with the queue of another process, which lands them by itself. */
export async function addBranchesThere(
  led: LedQueue,
  given: Given,
  { terminal, config, branches }: Adding,
): Promise<ExitCode> {
  const { definitions, target, ...rest } = optionsOf(config)
  const entries = []
  for (const branch of branches)
    entries.push(
      ...(await led.order({
        ...{ does: 'add', branch, target, definitions, ...rest },
        ...checksFor(config),
        ...asked(given),
      })),
    )
  const ended = given.flags.has('later') ? entries : await waitFor(led, entries)
  return tellStands(ended, { terminal, isJson: given.flags.has('json') })
}

/** What was asked for beside the settings. @throws `WS_CLI_USAGE` */
function asked({ values, flags }: Given) {
  const target = values.get('target')
  const priority = priorityOf(values.get('priority'))
  return {
    ...(target === undefined ? {} : { target }),
    ...(priority === undefined ? {} : { priority }),
    ...(flags.has('approve') ? { approve: 'manual' as const } : {}),
  }
}

const priorities = ['high', 'medium', 'low'] as const

/** @throws `WS_CLI_USAGE` */
function priorityOf(text: string | undefined): (typeof priorities)[number] | undefined {
  const found = priorities.find((name) => name === text)
  if (text === undefined || found !== undefined) return found
  throw usageError(`there is no priority ${JSON.stringify(text)}`, `there are ${priorities.join(', ')}`)
}
