import type { WorkspaceRequest } from '@ws/core'
import {
  editTree,
  inspectChanges,
  judgeChanges,
  type Judgement,
  type ObjectId,
  type Repository,
} from '@ws/git'
import { isArtifact } from '../records/keep-artifacts.ts'

/** Whose work it is, and what holds for it. */
export type WorkRules = Pick<WorkspaceRequest, 'run' | 'workstream' | 'task' | 'signal'>

/** What is to be said of some work, and the tree that may be committed of it. */
export interface JudgedWork {
  readonly judgement: Judgement
  readonly tree: ObjectId
}

const noChanges = { changes: [], problems: [] }

/** Sorts what changed between a commit and a tree by what a task may do; what is kept elsewhere is put back as it was. */
export async function judgeWork(
  repository: Repository,
  { from, tree }: { readonly from: ObjectId; readonly tree: ObjectId },
  { run, workstream, task, signal }: WorkRules,
): Promise<JudgedWork> {
  const ignoreCase = repository.facts.ignoreCase
  // Most of what only looks or verifies changes nothing.
  const isUnchanged = (await repository.treeOf(from)) === tree
  const all = isUnchanged ? noChanges : await inspectChanges(repository, from, tree, { signal })
  const isKept = ({ path }: { readonly path: string }) => isArtifact(path, task, { ignoreCase })
  const changes = { ...all, changes: all.changes.filter((change) => !isKept(change)) }
  const putBack = all.changes
    .filter(isKept)
    .map(({ path, before }) => (before === null ? { path, remove: true as const } : { path, ...before }))
  const generated = Object.keys(run.generated)
  const judgement = judgeChanges(changes, {
    claims: task.claims,
    enforce: workstream.enforce,
    ignoreCase,
    ...(generated.length === 0 ? {} : { generated }),
  })
  const edited = await editTree(repository, tree, [...judgement.edits, ...putBack], { signal })
  return { judgement, tree: edited }
}
