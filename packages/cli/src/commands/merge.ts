import { type MergeQueue, MergeQueueFile } from '@ws/merge-queue'
import * as z from 'zod'
import type { Command, Given, OptionSpec } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { followChecks, QueueAnswer, tellEntries } from '../output/queue-lines.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { readRecords } from '../project/read-log.ts'
import { checksFor, landAll, withQueue } from '../project/with-queue.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'
import { mergeSimulateCommand } from './merge-simulate.ts'

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
    answers: MergeQueueFile.extend({ version: z.literal(1), type: z.literal('merge-list') }),
    run: (given, terminal) =>
      withRepository(terminal, async ({ facts }) => {
        const { queue } = await readRecords(facts)
        if (given.flags.has('json')) {
          writeJson(terminal, { type: 'merge-list', ...queue })
          return exitCodes.completed
        }
        const rows = [
          ...queue.queue.map((entry) => [
            `${entry.position ?? ''}`,
            entry.branch,
            entry.reason === undefined ? entry.status : `${entry.status} (${entry.reason})`,
            `${entry.checks_passed.length}/${entry.checks_required.length} checks`,
            entry.id,
          ]),
          ...queue.processing_history.map(({ branch, status, reason, id }) => [
            '',
            branch,
            reason === undefined ? status : `${status} (${reason})`,
            '',
            id,
          ]),
        ]
        if (rows.length === 0) terminal.out('nothing was ever queued here\n')
        else writeTable(terminal, rows)
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
      withQueue(terminal, (queue, { config }) =>
        addBranches(queue, given, { terminal, config, branches: given.positionals }),
      ),
  },
  ...(
    [
      [
        'retry',
        'Queues a failed, conflicted or removed entry again, as its branch stands now.',
        'tries "topic" again',
      ],
      ['jump', 'Puts an entry before all others.', 'lands "topic" next'],
      ['remove', 'Takes an entry out of the queue; its branch stays.', 'forgets "topic"'],
    ] as const
  ).map(([verb, says, does]): Command => ({
    name: `merge ${verb}`,
    says,
    takes: '<entry>',
    positionals: { least: 1, most: 1 },
    options: { later, json },
    example: { line: `ws merge ${verb} topic`, does },
    answers: QueueAnswer,
    run: (given, terminal) =>
      withQueue(terminal, async (queue) => {
        const id = entryOf(queue, given.positionals[0] ?? '')
        if (verb === 'retry') {
          const { state } = await queue.update(id)
          if (state !== 'QUEUED' && state !== 'CHECKING') await queue.retry(id)
        } else await queue[verb](id)
        return settle(queue, given, terminal, [id])
      }),
  })),
  {
    name: 'merge pause',
    says: 'Nothing more lands until ws merge resume.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws merge pause', does: 'holds every landing, also those of runs' },
    answers: QueueAnswer,
    run: (given, terminal) =>
      withQueue(terminal, async (queue) => {
        await queue.pause()
        if (given.flags.has('json')) return tellEntries(queue, [], { terminal, isJson: true })
        terminal.out('the queue is paused; ws merge resume goes on\n')
        return exitCodes.completed
      }),
  },
  {
    name: 'merge resume',
    says: 'Lets landings go on after ws merge pause, and lands what waits.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { later, json },
    example: { line: 'ws merge resume', does: 'lands what has waited' },
    answers: QueueAnswer,
    run: (given, terminal) =>
      withQueue(terminal, async (queue) => {
        await queue.resume()
        return settle(queue, given, terminal, [])
      }),
  },
  mergeSimulateCommand,
]

interface Adding {
  readonly terminal: Terminal
  readonly config: Parameters<typeof checksFor>[0]
  readonly branches: readonly string[]
}

/** Queues branches, and lands them unless that is for later. */
export async function addBranches(queue: MergeQueue, given: Given, { terminal, config, branches }: Adding) {
  const { values, flags } = given
  const target = values.get('target')
  const priority = priorityOf(values.get('priority'))
  const ids: string[] = []
  for (const branch of branches) {
    const entry = await queue.add({
      branch,
      ...checksFor(config),
      ...(target === undefined ? {} : { target }),
      ...(priority === undefined ? {} : { priority }),
      ...(flags.has('approve') ? { approve: 'manual' as const } : {}),
    })
    ids.push(entry.id)
  }
  return settle(queue, given, terminal, ids)
}

const priorities = ['high', 'medium', 'low'] as const

/** @throws `WS_CLI_USAGE` */
function priorityOf(text: string | undefined): (typeof priorities)[number] | undefined {
  const found = priorities.find((name) => name === text)
  if (text === undefined || found !== undefined) return found
  throw usageError(`there is no priority ${JSON.stringify(text)}`, `there are ${priorities.join(', ')}`)
}

/** Lands what can land, unless that is for later, and says what became of the entries that were meant. */
export async function settle(queue: MergeQueue, given: Given, terminal: Terminal, ids: readonly string[]) {
  const isJson = given.flags.has('json')
  const stop = isJson || given.flags.has('later') ? () => {} : followChecks(queue, terminal)
  try {
    const moved = given.flags.has('later') ? [] : await landAll(queue, terminal)
    if (moved === 'interrupted') {
      terminal.err('interrupted; ws merge resume goes on\n')
      return exitCodes.interrupted
    }
    const meant = new Set([...ids, ...moved.map(({ id }) => id)])
    return tellEntries(
      queue,
      [...meant].flatMap((id) => queue.get(id) ?? []),
      { terminal, isJson },
    )
  } finally {
    stop()
  }
}

/**
 * An entry by its id, or the newest one of a branch.
 * @throws `WS_CLI_INVALID` with the nearest name
 */
export function entryOf(queue: Pick<MergeQueue, 'list'>, name: string): string {
  const entries = queue.list()
  const found = entries.find(({ id }) => id === name) ?? entries.find(({ spec }) => spec.branch === name)
  if (found !== undefined) return found.id
  const names = entries.flatMap(({ id, spec }) => [spec.branch, id])
  throw invalidError(
    `there is no entry ${JSON.stringify(name)} in the queue`,
    didYouMean(name, names, 'see: ws merge list'),
  )
}
