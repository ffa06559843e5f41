import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withTempDir } from './with-temp-dir.ts'

/** What a temporary repository is made like. */
export interface TempRepositoryOptions {
  /** The directory's name below the temporary one. @default 'repository' */
  readonly name?: string
  /** The first branch. @default 'main' */
  readonly branch?: string
  /** Files of the first commit; `{}` for an empty one, `null` for none at all. @default a README */
  readonly files?: Readonly<Record<string, string>> | null
  readonly isBare?: boolean
  readonly objectFormat?: 'sha1' | 'sha256'
}

/** A real repository in a directory that goes away, driven by the plain git of this machine. */
export interface TempRepository {
  readonly path: string
  /** The temporary directory around it: room for worktrees and clones. */
  readonly folder: string
  /** Runs git here and returns what it says, without the last line end; throws if it fails. */
  git(...args: readonly string[]): string
  /** The same elsewhere, such as in a worktree or in a repository that is to be made. */
  gitIn(path: string, ...args: readonly string[]): string
  write(files: Readonly<Record<string, string | null>>): void
  read(file: string): string
  /** Writes files (`null` deletes one), commits everything and returns the id. */
  commit(message: string, files?: Readonly<Record<string, string | null>>): string
}

/**
 * Runs `body` with a new repository and removes it afterwards. Neither the machine's nor the user's
 * configuration is read: what a test sees does not depend on who runs it.
 *
 * @example
 * await withTempRepository(async (repository) => repository.commit('one more', { 'b.txt': 'b' }))
 */
export function withTempRepository<T>(
  body: (repository: TempRepository) => T | Promise<T>,
  options: TempRepositoryOptions = {},
): Promise<T> {
  return withTempDir((folder) => body(makeTempRepository(folder, options)))
}

/** Makes a repository in a directory that somebody else removes. */
export function makeTempRepository(folder: string, options: TempRepositoryOptions = {}): TempRepository {
  const { name = 'repository', branch = 'main', files = { 'README.md': 'hello\n' } } = options
  const path = join(folder, name)
  const gitIn = (cwd: string, ...args: readonly string[]) =>
    execFileSync('git', args, {
      cwd,
      env: plainEnvironment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 268_435_456,
    }).replace(/\n$/, '')
  const git = (...args: readonly string[]) => gitIn(path, ...args)
  const write: TempRepository['write'] = (content) => {
    for (const [file, text] of Object.entries(content)) {
      const target = join(path, file)
      if (text === null) rmSync(target, { recursive: true })
      else {
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, text)
      }
    }
  }
  const commit: TempRepository['commit'] = (message, content = {}) => {
    write(content)
    git('add', '--all')
    git('commit', '--quiet', '--allow-empty', '--message', message)
    return git('rev-parse', 'HEAD')
  }

  mkdirSync(path, { recursive: true })
  git(
    'init',
    '--quiet',
    `--initial-branch=${branch}`,
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    ...(options.isBare === true ? ['--bare'] : []),
  )
  if (files !== null && options.isBare !== true) commit('first', files)
  return { path, folder, git, gitIn, write, read: (file) => readFileSync(join(path, file), 'utf8'), commit }
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const key of Object.keys(env)) if (key.startsWith('GIT_')) delete env[key]
  return {
    ...env,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_AUTHOR_DATE: '@1700000000 +0000',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@localhost',
    GIT_COMMITTER_DATE: '@1700000000 +0000',
  }
}
