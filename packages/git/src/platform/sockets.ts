import type { Readable, Writable } from 'node:stream'

/** The pipes of a child are sockets, which can be let go of; their declared types do not say so. */
export function toSocket(
  stream: Readable | Writable | null | undefined,
): { ref(): void; unref(): void } | undefined {
  if (stream === undefined || stream === null || !('ref' in stream) || !('unref' in stream)) return undefined
  const { ref, unref } = stream
  if (typeof ref !== 'function' || typeof unref !== 'function') return undefined
  return { ref: () => ref.call(stream), unref: () => unref.call(stream) }
}
