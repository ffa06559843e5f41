import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, isWsError } from '@ws/core'
import { editTree, type ObjectId, parseObjectId, type Repository, type TreeEdit } from '@ws/git'
import type { CheckoutPool } from '../checks/checkout-pool.ts'
import type { RestrictedTrees } from '../checks/restricted-tree.ts'
import { runCommand } from '../checks/run-command.ts'
import type { CandidateFailure, Mend } from './build-candidate.ts'

/** A file that a command makes of others. */
export interface GeneratedFile {
  readonly path: string
  readonly run: string | readonly string[]
  /** What it is made of: it is made anew where these changed. Without them, on every candidate. */
  readonly from?: readonly string[]
  readonly timeoutMs: number
}

/** What making files anew needs. */
export interface GenerateSurroundings {
  readonly repository: Repository
  readonly pool: CheckoutPool
  readonly trees: RestrictedTrees
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logFile: string
  readonly signal: AbortSignal
}

/**
 * Makes generated files anew on a merged tree. One on which the merge stopped is no conflict: the target's is taken
 * and made anew. What a command writes besides its file is left behind.
 */
export function generateFiles(files: readonly GeneratedFile[], surroundings: GenerateSurroundings): Mend {
  const { repository, trees } = surroundings
  return async (merged, onto) => {
    if (merged.kind === 'unrelated') return merged
    const conflicted = merged.kind === 'conflicted' ? merged.conflicts.map(({ path }) => path) : []
    if (conflicted.some((path) => files.every((file) => file.path !== path))) return merged
    let tree = merged.tree
    if (conflicted.length > 0) {
      const before = await Promise.all(conflicted.map((path) => entryAt(repository, onto.tree, path)))
      tree = await editTree(repository, tree, before)
    }
    for (const file of files) {
      const isStale =
        conflicted.includes(file.path) ||
        (file.from === undefined
          ? tree !== onto.tree
          : (await trees.digest(tree, file.from)) !== (await trees.digest(onto.tree, file.from)))
      if (!isStale) continue
      const made = await generate(file, tree, surroundings)
      if (typeof made !== 'string') return made
      tree = made
    }
    return { kind: 'merged', tree }
  }
}

async function generate(
  file: GeneratedFile,
  tree: ObjectId,
  { repository, pool, clock, env, logFile, signal }: GenerateSurroundings,
): Promise<ObjectId | CandidateFailure> {
  const checkout = await pool.take(tree, signal)
  try {
    await mkdir(dirname(logFile), { recursive: true })
    const { timeoutMs } = file
    const run = { cwd: checkout.path, env: { ...env, CI: '1' }, clock, logFile, timeoutMs, signal }
    const end = await runCommand(file.run, run)
    const what = `${file.path} could not be made anew`
    if (end.kind === 'not-started') return { kind: 'infrastructure', detail: `${what}: ${end.detail}` }
    if (end.kind !== 'exited')
      return { kind: 'infrastructure', detail: `${what}: its command was ended (${end.kind})` }
    if (end.exitCode === 126 || end.exitCode === 127)
      return { kind: 'infrastructure', detail: `${what}: ${end.tail.trim().slice(-300)}` }
    if (end.exitCode !== 0)
      return {
        kind: 'impossible',
        detail: `${what}: exit code ${end.exitCode}: ${end.tail.trim().slice(-1_000)}`,
      }
    const path = join(checkout.path, file.path)
    if (
      !(await stat(path).then(
        (found) => found.isFile(),
        () => false,
      ))
    )
      return { kind: 'impossible', detail: `${what}: its command did not write it` }
    const git = await repository.content.bare()
    const id = parseObjectId(await git.text(['hash-object', '-w', '--no-filters', '--', path]))
    return await editTree(repository, tree, [{ path: file.path, mode: '100644', id }])
  } catch (error) {
    if (signal.aborted || !isWsError(error)) throw error
    return { kind: 'infrastructure', detail: error.message }
  } finally {
    checkout.giveBack()
  }
}

async function entryAt(repository: Repository, tree: ObjectId, path: string): Promise<TreeEdit> {
  const git = await repository.content.bare()
  const [item] = await git.items(['ls-tree', '-z', '--full-tree', tree, '--', path])
  const [, mode, id] = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(item ?? '') ?? []
  return mode === undefined || id === undefined
    ? { path, remove: true }
    : { path, mode, id: parseObjectId(id) }
}
