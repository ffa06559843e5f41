import { invariant } from '@ws/core'
import type { Line, LineNode } from './line.ts'
import type { CandidateState, QueueState, ResultState } from './queue-state.ts'

/** How much is known of a line. */
export interface Judgement {
  /** The longest prefix of which everything required has passed; 0 where none has. */
  readonly good: number
  /** Longer prefixes of which something required failed and has not passed since, shortest first. */
  readonly failed: readonly number[]
}

/** What is known of each prefix of a line. With `testEach` a prefix is good only when all shorter ones are. */
export function judge(state: QueueState, { nodes }: Pick<Line, 'nodes'>): Judgement {
  let good = 0
  const failed: number[] = []
  for (let k = 1; k <= nodes.length; k++) {
    const verdict = verdictOf(state, nodes[k - 1]!)
    if (verdict === 'good') {
      if (!state.settings.testEach || good === k - 1) good = k
    } else if (verdict === 'failed') failed.push(k)
  }
  while (failed.length > 0 && failed[0]! <= good) failed.shift()
  return { good, failed }
}

/** Whether everything required of a prefix has passed, or something of it has failed. */
function verdictOf(state: QueueState, { candidate, required }: LineNode): 'good' | 'failed' | 'open' {
  let verdict: 'good' | 'open' = 'good'
  for (const check of required) {
    const result = state.results.get(keyOf(candidate, check))
    if (result === undefined) verdict = 'open'
    else if (result.passes === 0) return 'failed'
  }
  return verdict
}

/** The key of a check on a candidate. */
export function keyOf(candidate: Extract<CandidateState, { isBuilt: true }>, check: string): string {
  const key = candidate.keys[check]
  invariant(key !== undefined, 'a candidate has the keys of all checks that are asked of it', {
    candidate: candidate.id,
    check,
  })
  return key
}

/** Whether a failure has been seen as often as it takes to count. */
export function isConfirmed({ settings }: QueueState, { check, passes, failures }: ResultState): boolean {
  const retries = settings.checks.find(({ name }) => name === check)?.retries ?? 0
  return passes === 0 && failures > retries
}
