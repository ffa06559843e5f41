import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Config, formatProblems, parseConfig } from '@ws/core'
import { openRepository, type Repository } from '@ws/git'
import type { Terminal } from '../terminal.ts'
import { invalidError } from './invalid-error.ts'

/** The repository that a command was given in, with its settings. */
export interface Project {
  readonly repository: Repository
  /** The folder of `ws.yaml`, which is that of the main worktree. */
  readonly root: string
  readonly config: Config
}

/** Names that the settings may have; the first that exists is read. */
export const configNames = ['ws.yaml', 'ws.yml', 'ws.json'] as const

/**
 * Opens the repository around a directory, and reads its settings.
 * @throws `WS_CLI_INVALID` with every mistake in the settings, and what opening a repository throws
 */
export async function openProject({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): Promise<Project> {
  const repository = await openRepository(cwd, { env: { ...env } })
  try {
    const root = repository.facts.mainWorktree ?? repository.facts.commonDir
    return { repository, root, config: await readConfig(root) }
  } catch (error) {
    await repository.close()
    throw error
  }
}

/** The settings in a folder; the defaults where there are none. @throws `WS_CLI_INVALID` */
export async function readConfig(root: string): Promise<Config> {
  const name = configNames.find((each) => existsSync(join(root, each)))
  if (name === undefined) return Config.parse({})
  const text = await readFile(join(root, name), 'utf8')
  const result = await parseConfig(text, { file: name })
  if (result.ok) return result.config
  throw invalidError(formatProblems(result.problems, { text }), `mend ${name}; nothing was started`)
}
