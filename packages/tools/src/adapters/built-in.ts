import { toolKey } from '@ws/core'
import type { AdapterSpec } from './adapter-spec.ts'
import { aider } from './aider.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { cursorAgent } from './cursor-agent.ts'
import { gemini } from './gemini.ts'
import { jules } from './jules.ts'
import { opencode } from './opencode.ts'
import { qwen } from './qwen.ts'

/** The tools that are known without a registry file. */
export const builtInAdapters: readonly AdapterSpec[] = [
  claude,
  codex,
  gemini,
  opencode,
  aider,
  copilot,
  qwen,
  cursorAgent,
  jules,
]

const byKey = new Map(builtInAdapters.map((spec) => [toolKey(spec.tool), spec]))

/** The description of a built-in tool, by any spelling of its name. */
export function builtInAdapter(name: string): AdapterSpec | undefined {
  return byKey.get(toolKey(name))
}
