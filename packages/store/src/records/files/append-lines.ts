import { open } from 'node:fs/promises'
import { writeAtomically } from './write-atomically.ts'

/** A line and the number of the event that it comes from; several events may share none. */
export interface NumberedLine {
  readonly seq: number
  readonly text: string
}

/** A file of numbered lines. */
export interface LineFile {
  readonly path: string
  /** Lines from a number on, in order. */
  readonly from: (seq: number) => Iterable<NumberedLine> | AsyncIterable<NumberedLine>
  /** The number that a line tells, or `undefined` where it is none of ours. */
  readonly seqOf: (text: string) => number | undefined
}

/** How much of a file's end is read to find its last line; a longer line makes the file be written anew. */
const tailBytes = 65_536

/**
 * Brings a file of numbered lines up to the log: appends what is missing. Where its end is not what the log says (cut
 * off by a crash, written by somebody else), the whole file is written anew. No line is lost, none is there twice.
 */
export async function appendLines({
  path,
  from,
  seqOf,
}: LineFile): Promise<'appended' | 'rewritten' | 'same'> {
  const last = await lastLineOf(path)
  const seq = last === undefined ? undefined : seqOf(last.text)
  if (last === undefined || seq === undefined) return rewrite(path, from(0))
  let isKnown = false
  let more = ''
  for await (const line of from(seq)) {
    if (line.seq === seq) {
      if (line.text !== last.text) return rewrite(path, from(0))
      isKnown = true
    } else more += `${line.text}\n`
  }
  if (!isKnown) return rewrite(path, from(0))
  if (more === '') return 'same'
  const file = await open(path, 'r+')
  try {
    // At the end that was read: a half line that another process began since is written over.
    await file.write(more, last.end)
  } finally {
    await file.close()
  }
  return 'appended'
}

async function rewrite(
  path: string,
  lines: Iterable<NumberedLine> | AsyncIterable<NumberedLine>,
): Promise<'rewritten'> {
  let text = ''
  for await (const line of lines) text += `${line.text}\n`
  await writeAtomically(path, text)
  return 'rewritten'
}

/** The last line, where the file ends with a whole one. */
async function lastLineOf(
  path: string,
): Promise<{ readonly text: string; readonly end: number } | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - tailBytes)
    const buffer = Buffer.alloc(size - start)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
    if (bytesRead !== buffer.length || buffer.at(-1) !== newline) return undefined
    const before = buffer.lastIndexOf(newline, buffer.length - 2)
    if (before === -1 && start > 0) return undefined
    return { text: buffer.toString('utf8', before + 1, buffer.length - 1), end: size }
  } finally {
    await file.close()
  }
}

const newline = 0x0a
