import { resolve } from 'node:path'
import { branchRef, listRescues, type Rescue, type Repository, restoreRescue, showRescue } from '@ws/git'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { earlierStates, showEarlier } from '../project/earlier-states.ts'
import { invalidError } from '../project/invalid-error.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'

const prefix = 'refs/ws/rescue/'

const Kept = z.looseObject({
  ref: z.string(),
  commit: z.string(),
  run: z.string(),
  workstream: z.string(),
  attempt: z.int(),
  branch: z.string().optional(),
  reason: z.string(),
  at: z.number(),
})
const of = (type: string) => ({ version: z.literal(1), type: z.literal(type) })

const what = '<state>'
const json = { says: 'Writes the answer as a line of JSON.' }

/** `ws rescue`: last states of attempts, which nothing deletes before they landed or were discarded. */
export const rescueCommands: readonly Command[] = [
  {
    name: 'rescue list',
    says: 'Lists the last states of attempts that are kept, the newest first.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json },
    example: { line: 'ws rescue list', does: 'lists what could be brought back' },
    answers: z.object({ ...of('rescue-list'), rescues: z.array(Kept) }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const rescues = await listRescues(repository)
        if (given.flags.has('json')) writeJson(terminal, { type: 'rescue-list', rescues })
        else if (rescues.length === 0) terminal.out('nothing is kept: nothing was given up\n')
        else writeTable(terminal, rescues.map(rowOf))
        return exitCodes.completed
      }),
  },
  {
    name: 'rescue show',
    says: 'Shows what a kept state holds: its files, what git cannot store, and which states were kept there before (cleanup~1).',
    takes: what,
    positionals: { least: 1, most: 1 },
    options: { json },
    example: { line: 'ws rescue show cleanup', does: 'shows the newest kept state of "cleanup"' },
    answers: z.object({
      ...of('rescue'),
      rescue: Kept,
      changes: z.array(z.looseObject({ path: z.string() })),
      unstorable: z.array(z.string()),
      /** States that were kept under the same name before, the newest first. */
      earlier: z.array(Kept),
    }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const chosen = await choose(repository, given.positionals[0] ?? '')
        const { rescue } = chosen
        const { changes, unstorable } =
          chosen.back > 0
            ? { ...(await showEarlier(repository, rescue)), unstorable: [] }
            : await showRescue(repository, rescue.ref)
        const earlier = await earlierStates(repository, rescue)
        if (given.flags.has('json'))
          writeJson(terminal, { type: 'rescue', rescue, changes, unstorable, earlier })
        else {
          tell(terminal, rescue)
          for (const change of changes) terminal.out(`  ${plainText(change.path)}\n`)
          for (const path of unstorable)
            terminal.out(`  ${plainText(path)} (kept beside, comes back with restore)\n`)
          if (changes.length + unstorable.length === 0)
            terminal.out('  no file differs from what it began with\n')
          for (const [index, { commit, reason }] of earlier.entries())
            writeWrapped(
              terminal,
              plainText(
                `kept there before: ${commit.slice(0, 12)}, ${reason}; ws rescue show ${chosen.name}~${chosen.back + index + 1}`,
              ),
              '  ',
            )
        }
        return exitCodes.completed
      }),
  },
  {
    name: 'rescue restore',
    says: 'Brings a kept state back as a branch, as files in a new folder, or both; it stays kept.',
    takes: what,
    positionals: { least: 1, most: 1 },
    options: {
      branch: { value: 'a name', says: 'Makes this branch at the kept state.' },
      folder: { value: 'a path', says: 'Writes its files into this folder, which must be empty or absent.' },
      json,
    },
    example: {
      line: 'ws rescue restore cleanup --branch saved',
      does: 'makes the branch "saved" at the newest kept state of "cleanup"',
    },
    answers: z.object({
      ...of('restored'),
      rescue: Kept,
      branch: z.string().optional(),
      folder: z.string().optional(),
    }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const branch = given.values.get('branch')
        const folder = given.values.get('folder')
        if (branch === undefined && folder === undefined)
          throw usageError(
            'ws rescue restore expects --branch <name>, --folder <path>, or both',
            'see: ws rescue restore --help',
          )
        const chosen = await choose(repository, given.positionals[0] ?? '')
        const where = {
          ...(branch === undefined ? {} : { branch }),
          ...(folder === undefined ? {} : { folder: resolve(terminal.cwd, folder) }),
        }
        const rescue = await restore(repository, chosen, where)
        if (given.flags.has('json')) writeJson(terminal, { type: 'restored', rescue, ...where })
        else {
          tell(terminal, rescue)
          if (branch !== undefined) terminal.out(`is now the branch ${plainText(branch)}\n`)
          if (folder !== undefined) terminal.out(`is now in ${plainText(folder)}\n`)
        }
        return exitCodes.completed
      }),
  },
]

/** A kept state: its name as it was given, and how many states back from the newest one under it. */
interface Chosen {
  readonly rescue: Rescue
  readonly name: string
  readonly back: number
}

/** @throws `WS_CLI_INVALID` where an earlier state is wanted as files */
async function restore(
  repository: Repository,
  { rescue, name, back }: Chosen,
  where: { readonly branch?: string; readonly folder?: string },
): Promise<Rescue> {
  if (back === 0) return restoreRescue(repository, rescue.ref, where)
  const { branch, folder } = where
  if (branch === undefined || folder !== undefined)
    throw invalidError(
      `${name}~${back} is an earlier state, which comes back as a branch`,
      `ws rescue restore ${name}~${back} --branch <name>, then git worktree add <path> <name>`,
    )
  await repository.exclusively((exclusive) =>
    repository.updateRefs(
      exclusive,
      [{ ref: branchRef(branch), from: null, to: rescue.commit }],
      'ws: restored',
    ),
  )
  return rescue
}

/**
 * A kept state by its reference, or the newest one of a workstream or a branch.
 * @throws `WS_CLI_INVALID` with the nearest name
 */
async function choose(repository: Repository, given: string): Promise<Chosen> {
  const rescues = await listRescues(repository)
  const [, name = given, steps = '0'] = /^(.+)~(\d+)$/.exec(given) ?? []
  const back = Number(steps)
  const found =
    rescues.find(({ ref }) => ref === name || ref === prefix + name) ??
    rescues.find(({ workstream, branch }) => workstream === name || branch === name)
  if (found !== undefined) {
    if (back === 0) return { rescue: found, name, back }
    const earlier = await earlierStates(repository, found)
    const rescue = earlier[back - 1]
    if (rescue !== undefined) return { rescue, name, back }
    throw invalidError(
      `nothing is kept of ${JSON.stringify(given)}`,
      earlier.length === 0
        ? `there is only ${name}`
        : `there are ${name}, ${earlier.map((_state, index) => `${name}~${index + 1}`).join(', ')}`,
    )
  }
  const names = [...new Set(rescues.flatMap(({ ref, workstream }) => [workstream, ref.slice(prefix.length)]))]
  throw invalidError(
    `nothing is kept of ${JSON.stringify(name)}`,
    didYouMean(name, names, 'see: ws rescue list'),
  )
}

function rowOf({ ref, workstream, attempt, reason, commit }: Rescue): string[] {
  return [workstream, `attempt ${attempt}`, commit.slice(0, 12), reason, ref.slice(prefix.length)]
}

function tell(terminal: Terminal, { workstream, attempt, commit, reason }: Rescue): void {
  terminal.out(`${plainText(`${workstream}, attempt ${attempt}, ${commit.slice(0, 12)}: ${reason}`)}\n`)
}
