import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { lineAdapter } from '@ws/testing'
import type { ToolAdapter } from '@ws/tools'

/** The tool of `--tool claude`, or a program that stands in for one, so that examples run without key and network. */
export function chosenTool(): string | ToolAdapter {
  const { values } = parseArgs({ options: { tool: { type: 'string' } } })
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.resolve('./main.ts'))]
  return values.tool ?? lineAdapter({ tool: 'stand-in', commands: [process.execPath], args })
}
