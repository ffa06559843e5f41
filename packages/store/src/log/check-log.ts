import type { StatementSync } from 'node:sqlite'
import { type Anchor, anchorPath, readAnchor } from './anchor-file.ts'
import { Chain } from './chain.ts'
import { corrupt, storageFault } from './fault.ts'
import { parseRow, sameHash } from './row.ts'

/**
 * Reads the whole log, each row against the one before and one of them against the anchor.
 * @param rowsFrom selects the rows after a position, in order
 * @throws `WS_STORE_CORRUPT` at the first row that is bad, or missing at the end
 */
export function checkLog(rowsFrom: StatementSync, path: string): Chain {
  // Read first: another process may append meanwhile, and the log may be ahead of its anchor, never behind.
  const anchor = readAnchor(path)
  const chain = new Chain(path)
  let isAnchored = anchor === undefined || anchor.position === 0
  reading(chain, path, () => {
    for (const columns of rowsFrom.iterate(0)) {
      chain.take(parseRow(columns))
      const { position, hash } = chain.head
      if (anchor === undefined || position !== anchor.position) continue
      if (!sameHash(hash, anchor.hash))
        throw corrupt({ part: 'log', path, position }, 'it is not the row that was anchored')
      isAnchored = true
    }
  })
  if (anchor !== undefined && !isAnchored && !isWhereItBegins(anchor, chain)) {
    // Appended and cut by another process since the anchor was asked for.
    if (readAnchor(path)?.position !== anchor.position) return checkLog(rowsFrom, path)
    throw chain.broken(`the log ends here, but it once reached position ${anchor.position}`)
  }
  if (anchor !== undefined || chain.head.position === 0) return chain
  // Made and filled by another process since the anchor was asked for, or gone.
  if (readAnchor(path) !== undefined) return checkLog(rowsFrom, path)
  throw corrupt({ part: 'anchor', path: anchorPath(path) }, 'it is missing beside a log that has rows')
}

/** Whether it is the last row that was archived: a process may die after it cut the log and before it anchors the cut. */
function isWhereItBegins({ position, hash }: Anchor, { firstPosition, base }: Chain): boolean {
  return position === firstPosition - 1 && Buffer.from(hash).toString('hex') === base.previous
}

/** Reads; what cannot be read as the type that was written is damage after the last row that the chain took. */
export function reading<T>(chain: Chain, path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const fault = storageFault(error, path, 'reading')
    throw fault.code === 'WS_STORE_FAILED' ? chain.broken(fault.message) : fault
  }
}
