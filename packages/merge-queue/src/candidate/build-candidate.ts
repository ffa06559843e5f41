import { type Git, type GitRunOptions, isObjectId, type ObjectId, type Repository } from '@ws/git'
import type { FileConflict } from '../queue/queue-input.ts'
import type { EntrySpec } from '../queue/queue-spec.ts'
import { type CommitFacts, readCommit, splitMessage } from './commit-facts.ts'
import { fillTemplate } from './fill-template.ts'
import { replayCommits } from './replay-commits.ts'
import { type Merged, mergeThreeWay } from './three-way.ts'
import { candidateTime, writeCandidate, writeLike } from './write-candidate.ts'

/** What a candidate is made of, and nothing else: the same things give the same commit. */
export interface CandidateIngredients {
  /** The commit of the line that it is built onto. */
  readonly onto: string
  readonly entry: EntrySpec
}

/** What became of making a candidate, before anybody asks for the keys of its checks. */
export type CandidateResult =
  | { readonly kind: 'built'; readonly commit: ObjectId; readonly tree: ObjectId; readonly isEmpty: boolean }
  | { readonly kind: 'conflicted'; readonly conflicts: readonly FileConflict[] }
  | { readonly kind: 'impossible'; readonly detail: string }
  | { readonly kind: 'infrastructure'; readonly detail: string }

/** Why there is no candidate though nothing conflicts. */
export type CandidateFailure = Extract<CandidateResult, { readonly kind: 'impossible' | 'infrastructure' }>

/** Looks at a merge before it is judged: files that a command makes anew are no conflict. */
export type Mend = (merged: Merged, onto: CommitFacts) => Promise<Merged | CandidateFailure>

/** How a candidate is made. */
export interface BuildOptions extends GitRunOptions {
  readonly mend?: Mend
}

interface Building {
  readonly repository: Repository
  readonly git: Git
  readonly run: GitRunOptions
  readonly mend: Mend
  readonly entry: EntrySpec
  readonly onto: CommitFacts
  readonly commit: CommitFacts
  /** Of the entry, where it names one. */
  readonly base: CommitFacts | undefined
}

/**
 * Makes the commit that the target would be after one entry more: without a worktree, in the private git
 * directory, with a fixed author, times and message. Nothing points to it yet.
 */
export async function buildCandidate(
  repository: Repository,
  { onto: ontoId, entry }: CandidateIngredients,
  { mend = unmended, ...run }: BuildOptions = {},
): Promise<CandidateResult> {
  const [onto, commit, base] = await Promise.all(
    [ontoId, entry.commit, entry.base].map((id) => readById(repository, id)),
  )
  if (onto === undefined) return { kind: 'infrastructure', detail: `${ontoId}, the target's commit, is gone` }
  if (commit === undefined) return impossible(`the commit ${entry.commit} is not in this repository`)
  if (base === undefined && entry.base !== undefined)
    return impossible(`its base ${entry.base} is not in this repository`)
  const git = await repository.content.bare()
  const building: Building = { repository, git, run, mend, entry, onto, commit, base }
  if (entry.kind === 'revert') return revert(building)
  if (entry.kind === 'person') return takeIn(building)
  // Merged on git's own base, what is there already changes nothing: only where that is not so has it to be asked.
  if (base === undefined && mend === unmended && entry.method !== 'fast-forward') return make(building)
  // Beside the merge, not before it: nearly always the answer is no, and each is a process of its own.
  const [isThere, made] = await Promise.all([isAncestor(building, commit.id, onto.id), make(building)])
  return isThere ? nothingLeft(onto) : made
}

const unmended: Mend = (merged) => Promise.resolve(merged)

function make(building: Building): Promise<CandidateResult> {
  switch (building.entry.method) {
    case 'merge':
      return merge(building, 'Merge {branch} into {target}')
    case 'squash':
      return squash(building)
    case 'rebase':
      return rebase(building)
    case 'fast-forward':
      return fastForward(building)
  }
}

async function merge(building: Building, template: string): Promise<CandidateResult> {
  const { onto, commit } = building
  return finish(building, await mergeOnto(building), (tree) =>
    write(building, tree, [onto.id, commit.id], template),
  )
}

/** One commit in the name of the branch's own author: who reads the history wants to know whose it is. */
async function squash(building: Building): Promise<CandidateResult> {
  const { git, run, onto, commit, entry } = building
  return finish(building, await mergeOnto(building), async (tree) => {
    const draft = { tree, parents: [onto.id], at: candidateTime(onto, commit) }
    if (entry.message === undefined && entry.trailers === undefined) return writeLike(git, commit, draft, run)
    const { message, trailers = {} } = messageOf(building, '{subject}\n\n{body}')
    const lines = Object.entries(trailers).map(([key, value]) => `${key}: ${value}`)
    const text = [message.trim(), ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')
    const like = {
      author: commit.author,
      encoding: undefined,
      message: Buffer.from(`${text}\n`).toString('latin1'),
    }
    return writeLike(git, like, draft, run)
  })
}

async function rebase({
  repository,
  git,
  run,
  mend,
  onto,
  commit,
  base,
}: Building): Promise<CandidateResult> {
  const args = ['merge-base', onto.id, commit.id]
  const from = base?.id ?? (await git.text(args, { ...run, okExitCodes: [0, 1] })).split('\n')[0] ?? ''
  if (!isObjectId(from)) return unrelated()
  const replayed = await replayCommits(repository, git, { onto, commit, base: from }, run)
  if (replayed.kind === 'conflicted') return replayed
  const { tip } = replayed
  const mended = await mend({ kind: 'merged', tree: tip.tree }, onto)
  if (mended.kind === 'unrelated') return unrelated()
  if (mended.kind !== 'merged') return mended
  const { tree } = mended
  if (tree === tip.tree) return { kind: 'built', commit: tip.id, tree, isEmpty: tip.id === onto.id }
  const draft = { tree, parents: [tip.id], message: 'Make generated files anew', at: tip.at }
  return { kind: 'built', commit: await writeCandidate(repository, draft), tree, isEmpty: false }
}

async function fastForward(building: Building): Promise<CandidateResult> {
  const { onto, commit, entry } = building
  if (!(await isAncestor(building, onto.id, commit.id)))
    return impossible(
      `${entry.branch} does not begin at the present ${entry.target}: no fast-forward leads to it`,
    )
  return { kind: 'built', commit: commit.id, tree: commit.tree, isEmpty: false }
}

/** What a person committed on the branch itself: taken as it is where the line allows it, else merged. */
async function takeIn(building: Building): Promise<CandidateResult> {
  const { onto, commit } = building
  if (await isAncestor(building, commit.id, onto.id)) return nothingLeft(onto)
  if (await isAncestor(building, onto.id, commit.id))
    return { kind: 'built', commit: commit.id, tree: commit.tree, isEmpty: false }
  return merge(building, 'Take in what was committed on {target}')
}

/** The difference of a landing, turned round: from `commit` back to its base, or to its first parent. */
async function revert(building: Building): Promise<CandidateResult> {
  const { repository, run, onto, commit, entry, mend } = building
  if (!(await isAncestor(building, commit.id, onto.id)))
    return impossible(`${commit.id} is no part of ${entry.target}: there is nothing to undo`)
  const before = building.base ?? (await readById(repository, commit.parents[0]))
  if (before === undefined) return impossible(`${commit.id} has no commit before it to go back to`)
  const merged = await mergeThreeWay(repository, { ours: onto, theirs: before, base: commit }, run)
  return finish(building, await mend(merged, onto), (tree) =>
    write(building, tree, [onto.id], 'Revert "{subject}"\n\nThis undoes {id}.', { id: commit.id }),
  )
}

/** The branch's own difference, from its base to its tip, on the line. */
async function mergeOnto({
  repository,
  run,
  mend,
  onto,
  commit,
  base,
}: Building): Promise<Merged | CandidateFailure> {
  const sides = { ours: onto, theirs: commit, ...(base === undefined ? {} : { base }) }
  return mend(await mergeThreeWay(repository, sides, run), onto)
}

async function finish(
  { onto, entry }: Building,
  merged: Merged | CandidateFailure,
  write: (tree: ObjectId) => Promise<ObjectId>,
): Promise<CandidateResult> {
  if (merged.kind === 'unrelated') return unrelated()
  if (merged.kind === 'conflicted') return { kind: 'conflicted', conflicts: merged.conflicts }
  if (merged.kind !== 'merged') return merged
  const { tree } = merged
  // Even where a person changed no file, the branch can only follow to a commit that has the person's among its ancestors.
  if (tree === onto.tree && entry.kind !== 'person') return nothingLeft(onto)
  return { kind: 'built', commit: await write(tree), tree, isEmpty: false }
}

function write(
  building: Building,
  tree: ObjectId,
  parents: readonly ObjectId[],
  template: string,
  facts: { readonly id?: string } = {},
): Promise<ObjectId> {
  const { repository, onto, commit } = building
  const at = candidateTime(onto, commit)
  return writeCandidate(repository, { tree, parents, at, ...messageOf(building, template, facts) })
}

function messageOf({ entry, commit }: Building, template: string, facts: { readonly id?: string } = {}) {
  const { branch, target, id, trailers } = entry
  const filled = {
    branch,
    target,
    id,
    ...splitMessage(commit),
    ...(entry.message === undefined ? facts : {}),
  }
  const message = fillTemplate(entry.message ?? template, filled)
  if (trailers === undefined) return { message }
  const lines = Object.entries(trailers).map(([key, value]) => [key, value.replaceAll(/\s+/g, ' ')] as const)
  return { message, trailers: Object.fromEntries(lines) }
}

function nothingLeft(onto: CommitFacts): CandidateResult {
  return { kind: 'built', commit: onto.id, tree: onto.tree, isEmpty: true }
}

function impossible(detail: string): CandidateResult {
  return { kind: 'impossible', detail }
}

function unrelated(): CandidateResult {
  return impossible('the branch and the target have no history in common')
}

function isAncestor({ repository, run }: Building, ancestor: ObjectId, of: ObjectId): Promise<boolean> {
  return repository.isAncestor(ancestor, of, run)
}

function readById(repository: Repository, id: string | undefined): Promise<CommitFacts | undefined> {
  return id !== undefined && isObjectId(id) ? readCommit(repository, id) : Promise.resolve(undefined)
}
