import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Repository, Slots } from '@ws/git'
import type { Command, Given } from '../arguments/command.ts'
import { QueueAnswer } from '../output/queue-lines.ts'
import { plainText } from '../output/plain-text.ts'
import { invalidError } from '../project/invalid-error.ts'
import type { Project } from '../project/open-project.ts'
import { withQueueAnywhere } from '../project/with-leader.ts'
import type { Terminal } from '../terminal.ts'
import { addBranches, addBranchesThere } from './merge.ts'

/** `ws adopt`: takes over what another tool has made. */
export const adoptCommand: Command = {
  name: 'adopt',
  says: 'Takes a worktree or a branch that something else made, and lands it through the checks of ws.yaml.',
  takes: '<worktree or branch>',
  positionals: { least: 1, most: 1 },
  options: {
    target: { value: 'a branch', says: 'Where it lands, where that is not the base of ws.yaml.' },
    approve: { says: 'It waits for a person after its checks.' },
    later: { says: 'Only notes it; whatever lands next takes it along.' },
    json: { says: 'Writes the answer as a line of JSON.' },
  },
  example: {
    line: 'ws adopt ../repo-feature',
    does: 'lands what is committed in that worktree; it stays where it is',
  },
  answers: QueueAnswer,
  run: (given, terminal) =>
    withQueueAnywhere(terminal, {
      here: async (queue, project) => addBranches(queue, given, await takeIn(given, terminal, project)),
      there: async (led, project) => addBranchesThere(led, given, await takeIn(given, terminal, project)),
    }),
}

/** The branch that is meant, with what a worktree holds kept. */
async function takeIn(given: Given, terminal: Terminal, { repository, config }: Project) {
  const name = given.positionals[0] ?? ''
  const path = resolve(terminal.cwd, name)
  const target = given.values.get('target') ?? config.merge?.target ?? config.base ?? 'main'
  const branch = existsSync(path) ? await adoptWorktree(repository, path, target) : name
  if (!given.flags.has('json') && branch !== name)
    terminal.out(`${plainText(`${name} is on ${branch}; its state is kept`)}\n`)
  return { terminal, config, branches: [branch] }
}

/**
 * Pins what a worktree holds, so that nothing of it is lost whatever happens, and gives its branch. The worktree itself
 * stays its maker's: it is in our book only while it is looked at.
 * @throws `WS_CLI_INVALID` where there is work in it that no commit holds
 */
async function adoptWorktree(repository: Repository, path: string, target: string): Promise<string> {
  const slots = new Slots(repository)
  const slot = `adopted-${basename(path).replaceAll(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 80)
  const known = (await slots.list()).find((record) => record.slot === slot)
  if (known !== undefined) await slots.remove(slot)
  const work = { run: 'adopted', workstream: slot, attempt: 1 }
  const record = await slots.adopt(path, { slot, work, base: target })
  const { pinned } = await slots.remove(slot)
  const [held, committed] = [pinned.snapshot.tree, await repository.treeOf(record.tip)]
  if (held === committed) return record.branch.replace(/^refs\/heads\//, '')
  throw invalidError(
    `${path} holds changes that are not committed`,
    `commit them there, then adopt it again; they are kept as ${pinned.ref}`,
  )
}
