import type { ToolAdapter } from '@ws/tools'
import { resolveOptions } from '../pool/pool-options.ts'
import { resolveTool } from '../pool/resolve-tool.ts'
import { ClusterManager } from './cluster-manager.ts'
import { ClusterOptions, type ClusterOptionsInput } from './cluster-options.ts'

/**
 * Starts several instances of a tool and resolves, once they take prompts, to what routes prompts to them.
 *
 * @param tool a name of the registry (`claude`, `codex`, …), or an adapter
 * @throws `WS_OPTION_RANGE`, `WS_TOOL_UNKNOWN`; `WS_TOOL_MISSING` where the program is not installed;
 * `WS_POOL_NOT_READY` where no instance takes prompts, with what the tool said.
 * @example
 * const cluster = await launchCluster('claude', { count: 3, routing: 'least-busy' })
 * const { text, costUsd } = await cluster.prompt('What does this repository do?')
 * await cluster.close()
 */
export async function launchCluster(
  tool: string | ToolAdapter,
  options: ClusterOptionsInput = {},
): Promise<ClusterManager> {
  const { settings, ports } = resolveOptions(ClusterOptions, options)
  const cluster = new ClusterManager(resolveTool(tool), settings, ports)
  await cluster.start()
  return cluster
}
