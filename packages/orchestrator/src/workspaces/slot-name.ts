import { createHash } from 'node:crypto'
import type { OfRound } from '@ws/core'

const maxReadable = 48

/**
 * The directory of a round: its workstream's name as far as a path can hold it, and a few characters that tell
 * it from the same workstream of another run.
 */
export function slotName({ runId, workstreamId, round }: OfRound): string {
  const readable = workstreamId
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, maxReadable)
  const mark = createHash('sha256')
    .update(JSON.stringify([runId, workstreamId]))
    .digest('hex')
    .slice(0, 6)
  return `${readable === '' ? 'work' : readable}-${mark}${round === 1 ? '' : `-${round}`}`
}
