import { openRepository, type Repository } from '@ws/git'
import type { Terminal } from '../terminal.ts'
import { openProject, type Project } from './open-project.ts'

/** Opens the repository of a command with its settings, and closes it afterwards. */
export async function withProject<T>(terminal: Terminal, body: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject(terminal)
  try {
    return await body(project)
  } finally {
    await project.repository.close()
  }
}

/** The same without reading the settings: for what has to work where they are wrong. */
export async function withRepository<T>(
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
  body: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = await openRepository(cwd, { env: { ...env } })
  try {
    return await body(repository)
  } finally {
    await repository.close()
  }
}
