// Recordings of real tools: what each side said, in order. They lie beside the model server that made them.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const folder = fileURLToPath(new URL('../../testing/transcripts/', import.meta.url))

const Entry = z.union([
  z.object({ dir: z.enum(['in', 'out', 'err']), text: z.string() }),
  z.object({ close: z.literal('in') }),
  z.object({ signal: z.string() }),
  z.object({ exit: z.union([z.number(), z.string()]) }),
])
export type Entry = z.output<typeof Entry>

const Command = z.object({ args: z.array(z.string()), env: z.record(z.string(), z.string()) })
export type Command = z.output<typeof Command>

/** A recording of one scenario. */
export interface Transcript {
  readonly entries: readonly Entry[]
  readonly command: Command
}

/** @example readTranscript('codex/one-shot/edit') */
export function readTranscript(name: string): Transcript {
  const lines = readFileSync(`${folder}${name}.jsonl`, 'utf8').split('\n')
  return {
    entries: lines.filter((line) => line !== '').map((line) => Entry.parse(JSON.parse(line))),
    command: Command.parse(JSON.parse(readFileSync(`${folder}${name}.command.json`, 'utf8'))),
  }
}

/** Everything that was recorded. */
export function recordings(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .map((path) => path.replaceAll('\\', '/').replace('.jsonl', ''))
    .toSorted()
}

/** The text that a side said. */
export function said(entries: readonly Entry[], dir: 'in' | 'out' | 'err'): string {
  return entries.map((entry) => ('dir' in entry && entry.dir === dir ? entry.text : '')).join('')
}

/** The same recording, with our requests counted from another number: the SDK of ACP begins at 0. */
export function renumbered({ entries, command }: Transcript, by: number): Transcript {
  const moved = entries.map((entry): Entry => {
    if (!('dir' in entry) || entry.dir === 'err' || !entry.text.startsWith('{')) return entry
    const message = z.looseObject({ id: z.unknown().optional() }).parse(JSON.parse(entry.text))
    // Requests of ours, and the answers to them.
    const isOurs = entry.dir === 'in' ? 'method' in message : !('method' in message)
    if (!isOurs || typeof message.id !== 'number') return entry
    return { dir: entry.dir, text: `${JSON.stringify({ ...message, id: message.id + by })}\n` }
  })
  return { entries: moved, command }
}
