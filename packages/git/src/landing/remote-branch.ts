import { isObjectId, type ObjectId, type RefName } from '../door/names.ts'
import { remoteUrl } from '../repository/push.ts'
import type { Repository } from '../repository/repository.ts'

/** Which branch of which remote. */
export interface RemoteBranch {
  /** The name of a configured remote. */
  readonly remote: string
  readonly ref: RefName
  /** @default 120000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * What a branch of a remote holds now, or `undefined` if there is no such branch. As with `push`, of the
 * repository's configuration only the remote's address counts.
 * @throws `WS_GIT_NO_SUCH_REMOTE`, `WS_GIT_FAILED`
 */
export async function readRemoteBranch(
  repository: Repository,
  options: RemoteBranch,
): Promise<ObjectId | undefined> {
  const { git, url, run } = await atRemote(repository, options)
  const text = await git.text(['ls-remote', '--refs', '--end-of-options', url, options.ref], run)
  const [line] = text.split('\n').filter((each) => each.endsWith(`\t${options.ref}`))
  const id = line?.split('\t')[0] ?? ''
  return isObjectId(id) ? id : undefined
}

/**
 * Brings the commits of a remote's branch here. Nothing points to them yet; `known` is a commit that both sides
 * have, so that only what is new travels.
 * @throws `WS_GIT_NO_SUCH_REMOTE`, `WS_GIT_FAILED`
 */
export async function fetchRemoteBranch(
  repository: Repository,
  options: RemoteBranch & { readonly known: ObjectId },
): Promise<void> {
  const { git, url, run } = await atRemote(repository, options)
  await git.run(
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--no-recurse-submodules',
      `--negotiation-tip=${options.known}`,
      '--end-of-options',
      url,
      options.ref,
    ],
    run,
  )
}

async function atRemote(repository: Repository, { remote, timeoutMs = 120_000, signal }: RemoteBranch) {
  const url = await remoteUrl(repository, remote)
  const bare = await repository.content.bare()
  const git = bare.at({ isPrivate: false, cwd: repository.facts.mainWorktree ?? repository.facts.commonDir })
  return { git, url, run: { timeoutMs, ...(signal === undefined ? {} : { signal }) } }
}
