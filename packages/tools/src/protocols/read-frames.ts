import type { Failure } from '@ws/core'
import { classifyError, shorten } from '../failure/classify.ts'
import type { FailureRule } from '../failure/failure-rule.ts'
import { type JsonObject, readJsonLines } from '../wire/read-lines.ts'
import type { Wire, WireExit } from '../wire/wire.ts'

/** What listens to a program that writes JSON lines. Nothing of it may throw. */
export interface FrameListener {
  onMessage(message: JsonObject): void
  onNoise(text: string): void
  /** A line was longer than any message may be; the program is read on, and what it says counts no more. */
  onTooLong(bytes: number): void
  /** The program is gone, and everything it wrote was told. Called once, last. */
  onExit(exit: WireExit): void
}

/** Reads a program to its end. Never rejects. */
export async function readFrames(
  wire: Wire,
  listener: FrameListener,
  { maxLineBytes }: { readonly maxLineBytes?: number | undefined } = {},
): Promise<void> {
  try {
    for await (const frame of readJsonLines(
      wire.output,
      maxLineBytes === undefined ? {} : { maxLineBytes },
    )) {
      if (frame.kind === 'message') listener.onMessage(frame.message)
      else if (frame.kind === 'noise') listener.onNoise(frame.text)
      else listener.onTooLong(frame.bytes)
    }
  } catch {
    // A stream that broke: the end of the process says what became of it.
  }
  listener.onExit(await exitOf(wire))
}

/** The end of a program; one whose owner broke the promise not to reject counts as gone without a word. */
export async function exitOf(wire: Wire): Promise<WireExit> {
  try {
    return await wire.exited
  } catch (error) {
    return { exitCode: null, signal: null, errorTail: String(error) }
  }
}

/** Writes a message as one line. A program that is gone is told by its exit. */
export function sendJson(wire: Wire, message: object): void {
  sendText(wire, `${JSON.stringify(message)}\n`)
}

export function sendText(wire: Wire, text: string): void {
  wire.write(text).catch(() => {})
}

/** Why a program that is gone never took a prompt. */
export function exitFailure(
  { exitCode, signal, errorTail }: WireExit,
  rules: readonly FailureRule[],
): Failure {
  const message = errorTail.slice(-2_000)
  const known = classifyError({ message, ...(exitCode === null ? {} : { exitCode }) }, { rules })
  if (known !== undefined) return known
  const tail = shorten(message)
  const said = tail === '' ? {} : { tail }
  if (exitCode !== null) return { reason: 'exited', exitCode, ...said }
  return signal === null ? { reason: 'lost' } : { reason: 'signalled', signal, ...said }
}

/** A line that was too long to be a message. */
export function tooLong(bytes: number): Failure {
  return { reason: 'protocol', detail: `a line of ${bytes} bytes, which is longer than any message may be` }
}
