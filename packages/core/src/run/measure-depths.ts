import type { RunState, WorkstreamState } from './run-state.ts'

/** Says of each workstream how many others come before it at most, one after another: a search between two looks no deeper. */
export function measureDepths({ workstreams }: RunState): void {
  const waiting = new Map<WorkstreamState, number>()
  const line: WorkstreamState[] = []
  for (const workstream of workstreams.values()) {
    workstream.depth = 0
    if (workstream.before.length === 0) line.push(workstream)
    else waiting.set(workstream, workstream.before.length)
  }
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    for (const after of next.after) {
      after.depth = Math.max(after.depth, next.depth + 1)
      const left = waiting.get(after)! - 1
      waiting.set(after, left)
      if (left === 0) line.push(after)
    }
  }
}
