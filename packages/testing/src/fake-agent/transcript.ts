import { readFileSync, readdirSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One line of a transcript: see the README of the folder. */
export type TranscriptEntry =
  | { readonly dir: 'in' | 'out' | 'err'; readonly text: string }
  | { readonly close: 'in' }
  | { readonly signal: NodeJS.Signals }
  | { readonly exit: number | NodeJS.Signals }

const folder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../transcripts/' : '../transcripts/', import.meta.url),
)

/** The names of the recorded transcripts, such as `claude/stream-json/edit`. */
export function transcriptNames(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replaceAll('\\', '/').slice(0, -'.jsonl'.length))
    .toSorted()
}

/** Reads a transcript by its name or by the absolute path of its file. */
export function readTranscript(nameOrPath: string): readonly TranscriptEntry[] {
  const path = isAbsolute(nameOrPath) ? nameOrPath : `${folder}${nameOrPath}.jsonl`
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): TranscriptEntry => JSON.parse(line))
}
