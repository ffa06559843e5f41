import { WsError } from '@ws/core'
import type { Git, GitRunOptions } from '../door/git.ts'
import {
  branchRef,
  isObjectId,
  type ObjectId,
  parseObjectId,
  parseRefName,
  type RefName,
} from '../door/names.ts'
import { plainReason, type RefWriter } from '../door/ref-writer.ts'
import type { Exclusive } from '../locks/repository-lock.ts'

/** One reference with what it holds. */
export interface Ref {
  readonly name: RefName
  readonly id: ObjectId
}

/** A change of one reference. `from` is what it must hold now: `null` if it must not exist. */
export interface RefChange {
  readonly ref: RefName
  readonly from: ObjectId | null
  readonly to: ObjectId | null
}

/** All references below a prefix, in order. A broken one is an error: "not there" is never a guess. */
export async function listRefs(git: Git, prefix = 'refs/', options: GitRunOptions = {}): Promise<Ref[]> {
  const format = '--format=%(objectname) %(refname)'
  const { stdout, stderr } = await git.run(['for-each-ref', format, prefix], options)
  if (stderr.trim() !== '')
    throw new WsError('WS_GIT_REFS_BROKEN', `the references cannot be read: ${stderr.trim().slice(0, 300)}`, {
      details: { stderr: stderr.slice(0, 2_000) },
      hint: 'run "git fsck" and mend or delete the broken reference',
    })
  const lines = stdout.toString('utf8').split('\n')
  lines.pop()
  return lines.map((line) => {
    const space = line.indexOf(' ')
    return { id: parseObjectId(line.slice(0, space)), name: parseListedName(line.slice(space + 1)) }
  })
}

// Git lists only what it accepts as a name; ours is the stricter rule, and a foreign name such as
// "refs/heads/-D" is listed, never passed on.
function parseListedName(text: string): RefName {
  return text as RefName
}

/** What a reference holds, or `undefined`. */
export async function readRef(
  git: Git,
  ref: RefName,
  options: GitRunOptions = {},
): Promise<ObjectId | undefined> {
  return (await listRefs(git, ref, options)).find(({ name }) => name === ref)?.id
}

/**
 * The commit that a name means: a full id, `HEAD`, a full reference, a branch, a tag or a remote's branch.
 * @throws `WS_GIT_NO_SUCH_COMMIT`
 */
export async function resolveCommit(git: Git, name: string, options: GitRunOptions = {}): Promise<ObjectId> {
  for (const candidate of candidates(name)) {
    const { exitCode, stdout } = await git.run(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`],
      { ...options, okExitCodes: [0, 1, 128] },
    )
    // Some versions print the marker as well.
    const line = stdout.toString('utf8').trim().split('\n').at(-1) ?? ''
    if (exitCode === 0 && isObjectId(line)) return line
  }
  const isUnborn = name === 'HEAD'
  throw new WsError(
    'WS_GIT_NO_SUCH_COMMIT',
    isUnborn
      ? 'the repository has no commit yet'
      : `${JSON.stringify(name)} names no commit of this repository`,
    {
      details: { name },
      hint: isUnborn
        ? 'make a first commit'
        : 'give a branch, a full reference or a full object id that exists',
    },
  )
}

function candidates(name: string): readonly string[] {
  if (isObjectId(name) || name === 'HEAD') return [name]
  if (name.startsWith('refs/')) return [parseRefName(name)]
  const branch = branchRef(name)
  return [branch, branch.replace('refs/heads/', 'refs/tags/'), branch.replace('refs/heads/', 'refs/remotes/')]
}

/** How a transaction is carried out. */
export interface UpdateOptions {
  /** Goes into the reflogs. */
  readonly reason: string
  /** A kept-open git for references of ours, whose reflogs nobody reads for a reason. */
  readonly writer?: RefWriter
}

/**
 * Changes references in one transaction: all of them, or none.
 * @throws `WS_GIT_REF_MOVED` if one does not hold what it should
 */
export async function updateRefs(
  git: Git,
  exclusive: Exclusive,
  changes: readonly RefChange[],
  { reason, writer }: UpdateOptions,
): Promise<void> {
  exclusive.require()
  const commands = changes.flatMap(({ ref, from, to }) => {
    if (from === to) return from === null ? [] : [`verify ${ref} ${from}`]
    if (to === null) return [`delete ${ref} ${from}`]
    return [from === null ? `create ${ref} ${to}` : `update ${ref} ${to} ${from}`]
  })
  if (commands.length === 0) return
  const isPlain = reason === plainReason || changes.every(hasNoReason)
  if (writer !== undefined && isPlain && (await writer.write(commands))) return
  exclusive.require()
  await git.run(
    ['update-ref', '--no-deref', '--create-reflog', '-m', reason.replaceAll(/\s+/g, ' '), '--stdin'],
    { stdin: commands.map((command) => `${command}\n`).join('') },
  )
}

/** What is written below `refs/ws/` says by its name why it is there; a reflog goes with its reference. */
function hasNoReason({ ref, from, to }: RefChange): boolean {
  return ref.startsWith('refs/ws/') || to === null || from === to
}
