import { durationOf } from '../estimate/statistics.ts'
import type { ForkView, LineView, RunningPrefix } from '../policy/line-view.ts'
import { entryFailureRate, trialFlakeRate } from './failure-rates.ts'
import type { Line, LineNode } from './line.ts'
import { forksOf } from './lines.ts'
import type { CheckRunState, QueueState, TargetState } from './queue-state.ts'
import { judge, keyOf } from './verdict.ts'
import type { Judgement } from './verdict.ts'

/** A line with something to be tested. */
export interface OpenLine extends Judgement {
  readonly target: TargetState
  readonly line: Line
}

/** What the policy is told of a line. */
export function viewLine(
  state: QueueState,
  open: OpenLine,
  share: number,
  keys: ReadonlyMap<string, CheckRunState>,
  now: number,
): LineView {
  const { target, line, good, failed } = open
  const { nodes } = line
  let checks = 1
  for (const { required } of nodes) checks = Math.max(checks, required.length)
  const names = nodes.at(-1)?.required ?? []
  return {
    failureRates: nodes.map(({ entry }) => entryFailureRate(state, entry)),
    flakeRate: trialFlakeRate(state, names),
    good,
    failed,
    failures: failed[0] === undefined ? 0 : failuresOf(state, nodes[failed[0] - 1]!),
    running: runningOf(state, open, keys, now),
    retries: retriesOf(state, names),
    slots: Math.max(1, Math.floor(share / checks)),
    forks: forksOf(state, target, line).map((fork) => viewFork(state, open, fork, keys, now)),
  }
}

/** The runs of what is required of a node. */
export function runsOf(
  { candidate, required }: LineNode,
  keys: ReadonlyMap<string, CheckRunState>,
): readonly CheckRunState[] {
  return required.flatMap((check) => keys.get(`${check} ${keyOf(candidate, check)}`) ?? [])
}

function runningOf(
  state: QueueState,
  { target, line: { nodes }, good, failed }: OpenLine,
  keys: ReadonlyMap<string, CheckRunState>,
  now: number,
): readonly RunningPrefix[] {
  const running: RunningPrefix[] = []
  for (let k = good + 1; k <= nodes.length; k++) {
    const node = nodes[k - 1]!
    const runs = runsOf(node, keys)
    // A trial that has begun goes on, though at the moment it may only wait for a slot.
    if (runs.length === 0 && (!target.trials.has(node.candidate.id) || failed.includes(k))) continue
    let elapsed = 0
    for (const { check, startedAt } of runs)
      elapsed = Math.max(elapsed, (now - startedAt) / Math.max(1, durationOf(state.checks.get(check))))
    running.push({ prefix: k, elapsed: Math.min(1, elapsed) })
  }
  return running
}

/** The fork as the policy counts it: by the places of the line that it is made of. */
function viewFork(
  state: QueueState,
  { target, line }: OpenLine,
  fork: Line,
  keys: ReadonlyMap<string, CheckRunState>,
  now: number,
): ForkView {
  const judgement = judge(state, fork)
  const running = runningOf(state, { ...judgement, target, line: fork }, keys, now)
  const placeOf = (k: number) => (k === 0 ? 0 : line.entries.indexOf(fork.entries[k - 1]!) + 1)
  return {
    without: line.entries.indexOf(fork.without!) + 1,
    good: placeOf(judgement.good),
    failed: judgement.failed.map(placeOf),
    running: running.map(({ prefix, elapsed }) => ({ prefix: placeOf(prefix), elapsed })),
  }
}

function retriesOf({ settings }: QueueState, checks: readonly string[]): number {
  let most = 0
  for (const { name, retries } of settings.checks) if (checks.includes(name)) most = Math.max(most, retries)
  return most
}

/** How often the check of the prefix that has failed least has failed, of those that have. */
function failuresOf(state: QueueState, { candidate, required }: LineNode): number {
  let least = Infinity
  for (const check of required) {
    const result = state.results.get(keyOf(candidate, check))
    if (result !== undefined && result.passes === 0) least = Math.min(least, result.failures)
  }
  return least
}
