import { type Git, type GitRunOptions, type ObjectId, parseObjectId, type Repository } from '@ws/git'
import type { CommitFacts } from './commit-facts.ts'

/** A commit of the queue's own making. The same draft gives the same id. */
export interface CandidateDraft {
  readonly tree: ObjectId
  readonly parents: readonly ObjectId[]
  readonly message: string
  readonly trailers?: Readonly<Record<string, string>>
  /** Seconds since 1970. */
  readonly at: number
}

/** Writes a commit in the queue's name. */
export function writeCandidate(repository: Repository, { at, ...draft }: CandidateDraft): Promise<ObjectId> {
  return repository.writeCommit({ ...draft, at: at * 1_000 })
}

/** Somebody's commit on another tree: author, zone, encoding and message stay, byte for byte. */
export async function writeLike(
  git: Git,
  like: Pick<CommitFacts, 'author' | 'encoding' | 'message'>,
  { tree, parents, at }: Pick<CandidateDraft, 'tree' | 'parents' | 'at'>,
  options: GitRunOptions = {},
): Promise<ObjectId> {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${like.author}`,
    `committer ws <ws@localhost> ${at} +0000`,
    ...(like.encoding === undefined ? [] : [`encoding ${like.encoding}`]),
    '',
    like.message,
  ]
  const stdin = Buffer.from(lines.join('\n'), 'latin1')
  return parseObjectId(
    await git.text(['hash-object', '-t', 'commit', '-w', '--stdin'], { ...options, stdin }),
  )
}

/** When a candidate was "made": the time of the newest commit it is made of, so that time never runs backwards. */
export function candidateTime(...commits: readonly CommitFacts[]): number {
  return Math.max(...commits.map(({ at }) => at))
}
