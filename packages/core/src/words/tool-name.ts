import * as z from 'zod'

/** The tool that is no program: a person works in the prepared worktree. */
export const personTool = 'person'

/** Tools that are known without a registry, besides the person. */
export const builtInTools: readonly string[] = [
  'claude',
  'codex',
  'gemini',
  'opencode',
  'aider',
  'cursor-agent',
  'copilot',
  'qwen',
  'jules',
]

const aliases = new Map([
  ['claude-cli', 'claude'],
  ['claude-code', 'claude'],
  ['codex-cli', 'codex'],
  ['copilot-cli', 'copilot'],
  ['cursor', 'cursor-agent'],
  ['gemini-cli', 'gemini'],
  ['github-copilot', 'copilot'],
  ['qwen-code', 'qwen'],
])

const builtIn = new Set([...builtInTools, personTool])

/**
 * The one spelling of a built-in tool's name; any other name stays as it is written.
 * @example canonicalTool('Claude-CLI') // 'claude'
 */
export function canonicalTool(name: string): string {
  const lower = name.toLowerCase()
  const known = aliases.get(lower) ?? lower
  return builtIn.has(known) ? known : name
}

/** Equal for two spellings of one tool: names compare without case, and aliases count. */
export function toolKey(name: string): string {
  return canonicalTool(name).toLowerCase()
}

/** The name of a tool, in its one spelling once parsed. */
export const ToolName = z.string().min(1, { error: 'expected the name of a tool' }).transform(canonicalTool)
