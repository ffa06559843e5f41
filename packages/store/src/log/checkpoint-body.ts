import type { Head } from './chain.ts'

/** What a checkpoint row says: all that is needed to go on without the rows before it. */
export interface CheckpointBody {
  readonly streams: Readonly<Record<string, number>>
  /** The hash of the row before, in hexadecimal. */
  readonly previous: string
  /** Whether the rows before lie in the archive beside the log, where reads find them. */
  readonly isBeside: boolean
}

export function writeCheckpoint(head: Head, { isBeside }: Pick<CheckpointBody, 'isBeside'>): string {
  const body = {
    streams: Object.fromEntries([...head.versions].sort(([a], [b]) => (a < b ? -1 : 1))),
    previous: Buffer.from(head.hash).toString('hex'),
    ...(isBeside ? { isBeside } : {}),
  }
  return JSON.stringify(body)
}

/** `undefined` where the text is no checkpoint; the caller has not checked its hash yet. */
export function readCheckpoint(text: string): CheckpointBody | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('streams' in value) || !('previous' in value))
    return undefined
  const { streams, previous } = value
  if (typeof streams !== 'object' || streams === null || typeof previous !== 'string') return undefined
  if (!/^[0-9a-f]{64}$/.test(previous)) return undefined
  const versions = Object.entries(streams)
  if (!versions.every((entry): entry is [string, number] => typeof entry[1] === 'number')) return undefined
  return {
    streams: Object.fromEntries(versions),
    previous,
    isBeside: 'isBeside' in value && value.isBeside === true,
  }
}
