import { WsError } from '@ws/core'
import type { ObjectId, RefName } from '../door/names.ts'
import type { Repository } from './repository.ts'

/** One commit on its way to a remote. */
export interface PushedRef {
  readonly id: ObjectId
  /** The reference on the remote. */
  readonly to: RefName
  /** What it must hold there now: `null` if it must not exist, left out if that does not matter (never forced then). */
  readonly expected?: ObjectId | null
}

/** What is pushed where. */
export interface PushOptions {
  /** The name of a configured remote. */
  readonly remote: string
  readonly refs: readonly PushedRef[]
  /** @default 120000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** What became of each reference; a refusal by the remote is an outcome, not an error. */
export interface PushResult {
  readonly to: string
  readonly isPushed: boolean
  readonly summary: string
}

/**
 * Pushes commits, all or none, each guarded by what the remote should hold. Runs through the private directory:
 * of the repository's configuration only the remote's address counts, so no helper that a tool put there runs;
 * the user's own configuration (credentials, proxies) does count.
 * @throws `WS_GIT_NO_SUCH_REMOTE`, `WS_GIT_PUSH`
 */
export async function push(repository: Repository, options: PushOptions): Promise<PushResult[]> {
  const url = await remoteUrl(repository, options.remote)
  const bare = await repository.content.bare()
  const git = bare.at({ isPrivate: false, cwd: repository.facts.mainWorktree ?? repository.facts.commonDir })
  const leases = options.refs.flatMap(({ to, expected }) =>
    expected === undefined ? [] : [`--force-with-lease=${to}:${expected ?? ''}`],
  )
  const specs = options.refs.map(({ id, to }) => `${id}:${to}`)
  const { exitCode, stdout, stderr } = await git.run(
    ['push', '--porcelain', '--no-verify', '--atomic', ...leases, '--end-of-options', url, ...specs],
    {
      okExitCodes: [0, 1, 128],
      timeoutMs: options.timeoutMs ?? 120_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  )
  const results = parsePush(stdout.toString('utf8'))
  if (results.length > 0) return results
  if (exitCode === 0) return []
  throw new WsError('WS_GIT_PUSH', `git push to ${options.remote} failed: ${lastLine(stderr)}`, {
    details: { remote: options.remote, exitCode, stderr: stderr.slice(-2_000) },
    hint: 'look whether the remote can be reached and whether git may log in without asking',
  })
}

/** Lines `<flag>\t<from>:<to>\t<summary>`, with `!` for a refusal. */
function parsePush(output: string): PushResult[] {
  return output.split('\n').flatMap((line) => {
    const [flag, refs, summary = ''] = line.split('\t')
    if (refs === undefined || flag === undefined || flag.length !== 1) return []
    return [{ to: refs.slice(refs.indexOf(':') + 1), isPushed: flag !== '!', summary }]
  })
}

/** The address under which a remote is pushed to. */
export async function remoteUrl(repository: Repository, remote: string): Promise<string> {
  const config = await repository.readConfig()
  const value = (name: string) =>
    config.find(({ key }) => key.startsWith('remote.') && key === `remote.${remote}.${name}`)?.value
  const url = value('pushurl') ?? value('url')
  const isSafe = url !== undefined && !url.startsWith('-') && !/^ext::/i.test(url)
  if (isSafe && /^[A-Za-z0-9_]/.test(remote)) return url
  throw new WsError(
    'WS_GIT_NO_SUCH_REMOTE',
    `there is no remote ${JSON.stringify(remote)} that could be pushed to`,
    {
      details: { remote },
      hint: 'see "git remote --verbose"',
    },
  )
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
