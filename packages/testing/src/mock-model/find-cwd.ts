import type { Conversation } from './conversation.ts'

// Each tool tells its model in other words where it is.
const PHRASES = [
  /<cwd>([^<\n]+)<\/cwd>/,
  /working directory(?: is)?\**:\s*`?([^`\n<]+)/i,
  /working in the directory:\s*`?([^`\n<]+)/i,
  /workspace directories:\**\s*\n?\s*-\s*`?([^`\n<]+)/i,
]

/** The directory that the caller says it works in: some tools take absolute paths only. */
export function findCwd({ system, turns }: Conversation): string | undefined {
  const texts = [system, ...turns.filter(({ by }) => by === 'caller').map(({ text }) => text)]
  for (const text of texts) {
    for (const phrase of PHRASES) {
      const found = phrase.exec(text)?.[1]?.trim()
      if (found !== undefined && found !== '') return found
    }
  }
  return undefined
}
