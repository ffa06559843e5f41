import type { BigIntStats } from 'node:fs'

/** What tells whether a file is still the one that was read. */
export interface FileIdentity {
  /** Another one as soon as the file is written or replaced. */
  readonly identity: string
  /** Until then it may be written again without a trace. */
  readonly settledAtMs: number
}

// A file that is written twice within one tick of its file system's clock may look the same. Some of these clocks count
// in two seconds, those with a fraction in some milliseconds.
const coarseTickMs = 2_000
const fineTickMs = 50

/** From what the file system says of it. */
export function fileIdentity({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): FileIdentity {
  const tickMs = ctimeNs % 1_000_000_000n === 0n ? coarseTickMs : fineTickMs
  return {
    identity: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`,
    settledAtMs: Number(ctimeMs) + tickMs,
  }
}
