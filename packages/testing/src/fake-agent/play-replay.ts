import type { AgentInput } from './agent-input.ts'
import type { AgentPort } from './agent-port.ts'
import type { TranscriptEntry } from './transcript.ts'
import { WordMap } from './word-map.ts'

/** How a replay ends where the other side does not say what was recorded. */
const deviationExitCode = 97

/**
 * Plays a transcript: waits for what came in, writes what came out, ends as it ended. What comes in may differ in
 * ids, and where the recording has a placeholder; ids of the other side are used in the answers.
 */
export async function playReplay(
  entries: readonly TranscriptEntry[],
  { input, port }: { readonly input: AgentInput; readonly port: AgentPort },
): Promise<number | NodeJS.Signals> {
  const words = new WordMap()
  const signals = listenFor(entries)
  for (const entry of entries) {
    if ('exit' in entry) {
      // What is buffered here goes on before the signal does.
      await port.flushed()
      return entry.exit
    }
    const deviation = await play(entry)
    if (deviation === undefined) continue
    port.text(`fake agent: ${deviation}\n`, 'err')
    await port.flushed()
    return deviationExitCode
  }
  return 0

  async function play(entry: TranscriptEntry): Promise<string | undefined> {
    if ('signal' in entry) await signals.get(entry.signal)
    else if ('close' in entry) {
      const more = await input.text()
      if (more !== '') return `expected the end of the input, got ${JSON.stringify(more)}`
    } else if ('text' in entry && entry.dir === 'in') return hear(entry.text)
    else if ('text' in entry && entry.dir !== 'in') port.text(words.translate(entry.text), entry.dir)
    return undefined
  }

  async function hear(recorded: string): Promise<string | undefined> {
    // A prompt without a line end is all of the input.
    const lines = recorded.endsWith('\n') ? recorded.slice(0, -1).split('\n') : [undefined]
    for (const line of lines) {
      const expected = line ?? recorded
      const got = line === undefined ? await input.text() : await input.take((rest) => rest.indexOf('\n') + 1)
      if (got === undefined)
        return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(await input.text())} and the end of the input`
      if (!words.learn(expected, line === undefined ? got : got.slice(0, -1)))
        return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`
    }
    return undefined
  }
}

/** Promises for the signals of a recording. SIGKILL comes to nobody; it was the end of one that is over by then. */
function listenFor(entries: readonly TranscriptEntry[]): ReadonlyMap<NodeJS.Signals, Promise<void>> {
  const names = new Set(entries.flatMap((entry) => ('signal' in entry ? [entry.signal] : [])))
  names.delete('SIGKILL')
  return new Map(
    [...names].map((name) => [name, new Promise<void>((resolve) => process.once(name, () => resolve()))]),
  )
}
