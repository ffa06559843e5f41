import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import type { Project } from './open-project.ts'

/** What commands say of it beside what the settings say. */
export type OrchestratorWishes = Pick<OrchestratorOptions, 'takesOn' | 'concurrency'>

/** Leads the repository or joins who does, as the settings say, and leaves it afterwards. */
export async function withOrchestrator<T>(
  { repository, config }: Pick<Project, 'repository' | 'config'>,
  { env }: Pick<Terminal, 'env'>,
  body: (ws: Orchestrator) => Promise<T>,
  wishes: OrchestratorWishes = {},
): Promise<T> {
  const { limits, checks } = config
  const ws = await createOrchestrator({
    ...{ repo: repository, listen: true, env: { ...env }, limits, checks },
    ...wishes,
  })
  try {
    return await body(ws)
  } finally {
    await ws.close()
  }
}
