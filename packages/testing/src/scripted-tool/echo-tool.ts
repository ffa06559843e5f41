import { echo } from './echo.ts'
import { lineAdapter, type LineAdapter, type LineAdapterOptions } from './line-adapter.ts'
import { nodeProgram } from './node-program.ts'

/**
 * A tool that answers every prompt with the prompt itself, at once: a real program, no AI. For examples, benches
 * and first tries.
 *
 * @example
 * const cluster = await launchCluster(echoTool(), { count: 3 })
 * console.log((await cluster.prompt('hello')).text)
 */
export function echoTool(options: Partial<LineAdapterOptions> = {}): LineAdapter {
  return lineAdapter({ tool: 'echo', commands: [process.execPath], args: nodeProgram(echo), ...options })
}
