import { toIsoTime } from '../../platform/iso-time.ts'
import type { EntryFacts, RecordsState } from '../fold/records-state.ts'
import type { MergeQueueFile } from '../shapes/merge-queue-file.ts'

/** What waits to land and what became of the rest, as `merge_queue.json` says it; an ETA needs the queue itself. */
export function mergeQueueOf({ queue }: RecordsState): MergeQueueFile {
  const entries = [...queue.entries.values()]
  const live = entries.filter(isLive).sort(before)
  const positions = new Map<string, number>()
  return {
    queue: live.map((entry) => {
      const position = (positions.get(entry.target) ?? 0) + 1
      positions.set(entry.target, position)
      return {
        id: entry.id,
        branch: entry.branch,
        target: entry.target,
        status: entry.status,
        ...(entry.reason === undefined ? {} : { reason: entry.reason }),
        priority: entry.priority,
        checks_required: [...entry.checks],
        checks_passed: [...entry.passed],
        position,
        eta_sec: null,
        created_at: toIsoTime(entry.queuedAt),
        updated_at: toIsoTime(entry.updatedAt),
      }
    }),
    processing_history: entries
      .filter((entry) => !isLive(entry))
      .sort((a, b) => b.updatedAt - a.updatedAt || b.order - a.order)
      .map((entry) => ({
        id: entry.id,
        branch: entry.branch,
        target: entry.target,
        status: entry.status,
        ...(entry.reason === undefined ? {} : { reason: entry.reason }),
        merged_at: entry.status === 'MERGED' ? toIsoTime(entry.updatedAt) : null,
        duration_sec: Math.round(entry.updatedAt - entry.queuedAt) / 1_000,
      })),
  }
}

function isLive({ status }: EntryFacts): boolean {
  return status === 'QUEUED' || status === 'CHECKING' || status === 'MERGING'
}

/** What is past its intent, then the more urgent, then what came first. */
function before(a: EntryFacts, b: EntryFacts): number {
  const rank = ({ status }: EntryFacts) => (status === 'MERGING' ? 0 : 1)
  return rank(a) - rank(b) || a.level - b.level || a.order - b.order
}
