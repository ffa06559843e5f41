import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import { concurrencyOf } from './limits.ts'
import type { Project } from './open-project.ts'
import { worktreeOptions } from './worktree-settings.ts'

/** What commands say of it beside what the settings say. */
export type OrchestratorWishes = Pick<OrchestratorOptions, 'takesOn' | 'concurrency'>

/** Leads the repository or joins who does, as the settings say, and leaves it afterwards. */
export async function withOrchestrator<T>(
  { repository, root, config }: Project,
  { env }: Pick<Terminal, 'env'>,
  body: (ws: Orchestrator) => Promise<T>,
  wishes: OrchestratorWishes = {},
): Promise<T> {
  const { limits, checks } = config
  // What others have begun may go on here as well: it obeys the settings, whatever the order was.
  const concurrency = concurrencyOf({ values: new Map() }, { env }, { config, plans: [] })
  const ws = await createOrchestrator({
    ...{ repo: repository, listen: true, env: { ...env }, concurrency, limits, checks },
    ...worktreeOptions(config, root),
    ...wishes,
  })
  try {
    return await body(ws)
  } finally {
    await ws.close()
  }
}
