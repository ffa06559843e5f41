import { toolKey } from '@ws/core'
import { builtInAdapters } from '../adapters/built-in.ts'
import type { EntryDraft } from './tool-entry.ts'

/** A tool of the registry, whole: what a file said over what is known of it. */
export type ToolEntry = EntryDraft & {
  /** The name of the description that it is talked to by. */
  readonly adapter: string
  /** Commands that show that it is there; the program of the first that exists is started. */
  readonly detectCommands: readonly (readonly string[])[]
  readonly versionCommand: readonly string[]
  readonly healthCommand: readonly string[]
  readonly fallback: readonly string[]
  readonly execution: 'auto' | 'pooled' | 'one-shot'
  readonly account: string
  readonly ownPaths: readonly string[]
}

/** Adapters that are no tools: what is said under `acp` or `talk` makes one of them. */
export const openAdapters: readonly string[] = ['acp', 'generic']

/** What tools leave behind in a worktree for themselves. */
const ownPaths: Readonly<Record<string, readonly string[]>> = {
  claude: ['.claude/settings.local.json'],
  aider: ['.aider*'],
  gemini: ['.gemini/tmp/**'],
  qwen: ['.qwen/tmp/**'],
  opencode: ['.opencode/.gitignore'],
}

/** The built-in tools as entries. */
export function builtInEntries(): readonly ToolEntry[] {
  return builtInAdapters.map(({ tool }) => completeEntry({ name: tool }))
}

/** An entry with all that it leaves out. */
export function completeEntry(draft: EntryDraft): ToolEntry {
  const { name } = draft
  const adapter = draft.adapter ?? adapterOf(draft)
  const command = draft.command ?? (openAdapters.includes(adapter) ? name : adapter)
  const detectCommands = draft.detectCommands ?? [[command]]
  return {
    ...draft,
    adapter,
    detectCommands,
    versionCommand: draft.versionCommand ?? [command, '--version'],
    healthCommand: draft.healthCommand ?? draft.versionCommand ?? [command, '--version'],
    fallback: draft.fallback ?? [],
    execution: draft.execution ?? 'auto',
    account: draft.account ?? name,
    ownPaths: draft.ownPaths ?? [...(ownPaths[adapter] ?? [])],
  }
}

function adapterOf({ name, acp, talk }: EntryDraft): string {
  if (acp !== undefined) return 'acp'
  if (talk !== undefined) return 'generic'
  return builtInAdapters.find(({ tool }) => toolKey(tool) === toolKey(name))?.tool ?? 'generic'
}
