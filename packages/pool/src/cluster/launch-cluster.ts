import type { ToolAdapter } from '@ws/tools'
import { resolveOptions } from '../pool/pool-options.ts'
import { resolveTool } from '../pool/resolve-tool.ts'
import { ClusterManager } from './cluster-manager.ts'
import { ClusterOptions, type ClusterOptionsInput } from './cluster-options.ts'

/** How a cluster is launched. */
export type LaunchClusterOptions = ClusterOptionsInput & {
  /** Gives up the start: what was started by then is gone when the promise rejects. */
  readonly signal?: AbortSignal
}

/**
 * Starts several instances of a tool and resolves, once they take prompts, to what routes prompts to them.
 *
 * @param tool a name of the registry (`claude`, `codex`, …), or an adapter
 * @throws the signal's reason; `WS_OPTION_RANGE`, `WS_TOOL_UNKNOWN`; `WS_TOOL_MISSING` where the program is not installed;
 * `WS_POOL_NOT_READY` where no instance takes prompts, with what the tool said.
 * @example
 * const cluster = await launchCluster('claude', { count: 3, routing: 'least-busy' })
 * const { text, costUsd } = await cluster.prompt('What does this repository do?')
 * await cluster.close()
 */
export async function launchCluster(
  tool: string | ToolAdapter,
  { signal, ...options }: LaunchClusterOptions = {},
): Promise<ClusterManager> {
  signal?.throwIfAborted()
  const { settings, ports } = resolveOptions(ClusterOptions, options)
  const cluster = new ClusterManager(resolveTool(tool), settings, ports)
  const giveUp = () => void cluster.close({ force: true })
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    await cluster.start()
  } catch (error) {
    await cluster.close({ force: true })
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
  return cluster
}
