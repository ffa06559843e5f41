import type { Journal, MachineEvent, RunEvent } from '@ws/core'

/** An event as the log tells it: numbered through the whole log, with the moment and the stream that it belongs to. */
export interface LoggedEvent {
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** The machine that said it: `run`, `queue`, `registry`. */
  readonly stream: string
  readonly event: MachineEvent
}

/** Every event of a log from a number on, in order. */
export async function* readEvents(
  journal: Pick<Journal, 'read'>,
  { fromSeq = 0 }: { readonly fromSeq?: number } = {},
): AsyncGenerator<LoggedEvent> {
  for await (const { stream, firstSeq, inputs, events } of journal.read({ fromSeq })) {
    let next = 0
    for (const { at, events: count } of inputs) {
      for (const end = next + count; next < end; next++) {
        const [seq, event] = [firstSeq + next, events[next]]
        if (seq >= fromSeq && event !== undefined) yield { seq, at, stream, event }
      }
    }
  }
}

/** The event as the run machine's own, where it is of its stream. */
export function runEventOf({ stream, event }: LoggedEvent): RunEvent | undefined {
  // The journal gives back what the run machine wrote: the type is the stream's.
  return stream === 'run' ? (event as RunEvent) : undefined
}
