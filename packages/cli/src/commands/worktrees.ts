import { type Repository, type SlotRecord, Slots } from '@ws/git'
import type { RunMachineState } from '@ws/core'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { whileLeading } from '../project/lead.ts'
import { readState } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'

const Removed = z.object({ slot: z.string(), kept: z.string() })
type RemovedWorktree = z.output<typeof Removed>
const of = (type: string) => ({ version: z.literal(1), type: z.literal(type) })
const json = { says: 'Writes the answer as a line of JSON.' }

/** `ws worktrees`: the folders that workstreams work in. */
export const worktreeCommands: readonly Command[] = [
  {
    name: 'worktrees list',
    says: 'Lists the worktrees of workstreams, and what became of whoever works there.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws worktrees list', does: 'lists worktrees with their branches' },
    answers: z.object({
      ...of('worktrees'),
      worktrees: z.array(z.looseObject({ slot: z.string(), path: z.string() })),
    }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const state = await readState(repository.facts)
        const records = await new Slots(repository).list()
        const worktrees = records.map((record) => {
          const { slot, path, branch, work, isAdopted } = record
          return {
            slot,
            path,
            branch,
            run: work.run,
            workstream: work.workstream,
            isAdopted,
            state: standOf(state, record),
          }
        })
        if (given.flags.has('json')) writeJson(terminal, { type: 'worktrees', worktrees })
        else if (worktrees.length === 0) terminal.out('there is no worktree of ws here\n')
        else
          writeTable(
            terminal,
            worktrees.map((each) => [
              each.slot,
              each.state,
              each.branch.replace('refs/heads/', ''),
              each.path,
            ]),
          )
        return exitCodes.completed
      }),
  },
  {
    name: 'worktrees prune',
    says: 'Gives up the worktrees of workstreams that have landed or were cancelled; their last states are kept.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws worktrees prune', does: 'makes room; ws rescue brings a state back' },
    answers: z.object({ ...of('worktrees-removed'), removed: z.array(Removed) }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const removed = await whileLeading(repository, 'ws worktrees prune', async () => {
          const state = await readState(repository.facts)
          const records = await new Slots(repository).list()
          return remove(
            repository,
            records.filter((record) => !record.isAdopted && isOver(state, record)),
          )
        })
        if (removed.length === 0 && !given.flags.has('json'))
          terminal.out('no worktree belongs to work that is over\n')
        else tellRemoved(removed, given, terminal)
        return exitCodes.completed
      }),
  },
  {
    name: 'worktrees remove',
    says: 'Gives one worktree up; its last state is kept, its branch stays.',
    takes: '<worktree>',
    positionals: { least: 1, most: 1 },
    options: { json },
    example: {
      line: 'ws worktrees remove cleanup',
      does: 'removes it; ws rescue brings its state back',
    },
    answers: z.object({ ...of('worktrees-removed'), removed: z.array(Removed) }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const name = given.positionals[0] ?? ''
        const records = await new Slots(repository).list()
        const found = records.find(
          ({ slot, path, work }) => slot === name || path === name || work.workstream === name,
        )
        if (found === undefined) {
          const names = records.flatMap(({ slot, work }) => [slot, work.workstream])
          throw invalidError(
            `there is no worktree ${JSON.stringify(name)}`,
            didYouMean(name, names, 'see: ws worktrees list'),
          )
        }
        const removed = await whileLeading(repository, 'ws worktrees remove', () =>
          remove(repository, [found]),
        )
        tellRemoved(removed, given, terminal)
        return exitCodes.completed
      }),
  },
]

function tellRemoved(removed: readonly RemovedWorktree[], { flags }: Given, terminal: Terminal): void {
  if (flags.has('json')) return writeJson(terminal, { type: 'worktrees-removed', removed })
  for (const { slot, kept } of removed) terminal.out(plainText(`removed ${slot}; kept as ${kept}`) + '\n')
}

async function remove(repository: Repository, records: readonly SlotRecord[]) {
  const slots = new Slots(repository)
  const removed: RemovedWorktree[] = []
  for (const { slot } of records) {
    const { pinned } = await slots.remove(slot)
    removed.push({ slot, kept: pinned.ref })
  }
  await slots.purgeTrash()
  return removed
}

function standOf(state: RunMachineState | undefined, { work, isAdopted }: SlotRecord): string {
  if (isAdopted) return 'adopted'
  return state?.runs.get(work.run)?.workstreams.get(work.workstream)?.phase.state ?? 'unknown'
}

function isOver(state: RunMachineState | undefined, { work }: SlotRecord): boolean {
  const run = state?.runs.get(work.run)
  return run?.status === 'CANCELLED' || run?.workstreams.get(work.workstream)?.phase.state === 'COMPLETED'
}
