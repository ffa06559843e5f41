import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Git } from '../door/git.ts'
import { type FileIdentity, fileIdentity } from '../platform/file-identity.ts'
import { type ConfigEntry, readConfig } from './config.ts'

interface Known {
  readonly entries: readonly ConfigEntry[]
  /** What its files were like before they were read. */
  readonly seen: ReadonlyMap<string, string>
}

/**
 * The configuration of a repository, read again when one of its files is not what it was. With `include` in it each
 * look is a reading: what an included file depends on is for git to say.
 */
export class KnownConfig {
  readonly #git: Git
  readonly #files: Set<string>
  #known: Known | undefined

  constructor(git: Git) {
    this.#git = git
    const { env, path } = git.program
    const home = env['HOME'] ?? ''
    const own = env['XDG_CONFIG_HOME'] ?? join(home, '.config')
    // What is not there is not named by git, and may come.
    this.#files = new Set([
      join(git.place.cwd, 'config'),
      join(git.place.cwd, 'config.worktree'),
      join(home, '.gitconfig'),
      join(own, 'git', 'config'),
      '/etc/gitconfig',
      join(dirname(path), '..', 'etc', 'gitconfig'),
    ])
  }

  async read(): Promise<readonly ConfigEntry[]> {
    const seen = await this.#look()
    if (this.#known !== undefined && seen !== undefined && isSame(this.#known.seen, seen))
      return this.#known.entries
    const entries = await readConfig(this.#git)
    const origins = entries.map(({ origin }) => resolve(this.#git.place.cwd, origin.replace(/^file:/, '')))
    const isAllSeen = origins.every((path) => this.#files.has(path))
    for (const path of origins) this.#files.add(path)
    const includes = entries.some(({ key }) => key.startsWith('include'))
    this.#known = isAllSeen && !includes && seen !== undefined ? { entries, seen } : undefined
    return entries
  }

  /** `undefined` if one of them was written just now. */
  async #look(): Promise<ReadonlyMap<string, string> | undefined> {
    const now = this.#git.program.clock.now()
    const seen = await Promise.all([...this.#files].map(async (path) => [path, await look(path)] as const))
    if (seen.some(([, file]) => file !== undefined && file.settledAtMs > now)) return undefined
    return new Map(seen.map(([path, file]) => [path, file?.identity ?? 'absent']))
  }
}

async function look(path: string): Promise<FileIdentity | undefined> {
  try {
    return fileIdentity(await stat(path, { bigint: true }))
  } catch {
    return undefined
  }
}

function isSame(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  return before.size === after.size && [...before].every(([path, file]) => after.get(path) === file)
}
