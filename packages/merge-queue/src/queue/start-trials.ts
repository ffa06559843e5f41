import { planTrials } from '../policy/choose-prefixes.ts'
import type { TrialPlan } from '../policy/line-view.ts'
import { runningKeys, startRun } from './check-runs.ts'
import type { Line } from './line.ts'
import { forksOf, linesOf } from './lines.ts'
import type { QueueEvent } from './queue-event.ts'
import type { CheckRunState, QueueState, TargetState } from './queue-state.ts'
import { isHalted, isPausedFor } from './trouble.ts'
import { isConfirmed, judge, keyOf } from './verdict.ts'
import type { OpenLine } from './view-line.ts'
import { runsOf, viewLine } from './view-line.ts'

/** Stops what the policy does not want to be tested of the lines any more, and starts what it does while there are slots. */
export function* startTrials(state: QueueState, now: number): Generator<QueueEvent> {
  const open = openLines(state)
  const plans: TrialPlan[] = []
  for (const [i, line] of open.entries()) {
    const plan = planTrials(
      viewLine(state, line, shareOf(state, open, i), runningKeys(state), now),
      state.settings,
    )
    plans.push(plan)
    yield* prepareForks(line, plan)
    yield* stopOthers(state, line, plan)
  }
  for (const [i, { target, line }] of open.entries())
    yield* startPrefixes(state, target, line, plans[i]!.prefixes)
  if (open.length > 1) yield* shareLeftovers(state, open, now)
  for (const [i, line] of open.entries()) yield* startForks(state, line, plans[i]!)
}

/** Lines whose candidates are built as far as they can be for now. */
function openLines(state: QueueState): readonly OpenLine[] {
  const open: OpenLine[] = []
  for (const target of state.targets.values()) {
    if (isHalted(target)) continue
    for (const line of linesOf(state, target)) {
      if (line.clash !== undefined || (line.wants !== undefined && !isPausedFor(target, 'build'))) continue
      const judgement = judge(state, line)
      if (judgement.good >= line.nodes.length) continue
      if (!line.isApproved && line.entries[0]?.checkedOn !== undefined) continue
      open.push({ ...judgement, target, line })
    }
  }
  return open
}

/** The line's share of the slots: as many for each, what is left over for the first ones. */
function shareOf({ settings }: QueueState, open: readonly OpenLine[], i: number): number {
  const { slots } = settings
  return Math.floor(slots / open.length) + (i < slots % open.length ? 1 : 0)
}

/** Has candidates built for the forks that are wanted, and lets go of those that are not. */
function* prepareForks({ target, line }: OpenLine, { forks }: TrialPlan): Generator<QueueEvent> {
  const wanted = forks.map(({ without }) => line.entries[without - 1]!.id)
  for (const entryId of [...target.forks]) {
    const isOurs = line.entries.some(({ id }) => id === entryId)
    if (isOurs && !wanted.includes(entryId))
      yield { type: 'line.joined', target: target.name, without: entryId }
  }
  for (const without of wanted) {
    if (!target.forks.has(without)) yield { type: 'line.forked', target: target.name, without }
  }
}

/** Stops what runs of the line and of its forks and is not in the plan. */
function* stopOthers(state: QueueState, { target, line }: OpenLine, plan: TrialPlan): Generator<QueueEvent> {
  const keys = runningKeys(state)
  const wanted = new Set<string>()
  const forks = forksOf(state, target, line)
  const want = (of: Line, prefix: number) => {
    const node = of.nodes[prefix - 1]
    for (const check of node?.required ?? []) wanted.add(`${check} ${keyOf(node!.candidate, check)}`)
  }
  for (const prefix of plan.prefixes) want(line, prefix)
  for (const { fork, prefixes } of plannedForks(forks, line, plan))
    for (const prefix of prefixes) want(fork, prefix)
  const stopped = new Set<string>()
  for (const { nodes } of [line, ...forks]) {
    for (const node of nodes) {
      for (const run of runsOf(node, keys)) {
        if (wanted.has(`${run.check} ${run.key}`) || run.purpose !== 'required' || stopped.has(run.id))
          continue
        stopped.add(run.id)
        yield { type: 'check.stopped', target: target.name, checkRunId: run.id }
      }
    }
  }
}

/** What a line does not need of its share is for the others. */
function* shareLeftovers(state: QueueState, open: readonly OpenLine[], now: number): Generator<QueueEvent> {
  for (const line of open) {
    const free = state.settings.slots - state.runs.size
    if (free <= 0) return
    const own = line.line.nodes.flatMap((node) => runsOf(node, runningKeys(state))).length
    const view = viewLine(state, line, own + free, runningKeys(state), now)
    yield* startPrefixes(state, line.target, line.line, planTrials(view, state.settings).prefixes)
  }
}

function* startForks(state: QueueState, { target, line }: OpenLine, plan: TrialPlan): Generator<QueueEvent> {
  if (plan.forks.length === 0) return
  for (const { fork, prefixes } of plannedForks(forksOf(state, target, line), line, plan)) {
    if (fork.wants === undefined) yield* startPrefixes(state, target, fork, prefixes)
  }
}

/** The forks of a plan, with their prefixes as they count them themselves. */
function plannedForks(
  forks: readonly Line[],
  line: Line,
  plan: TrialPlan,
): readonly { readonly fork: Line; readonly prefixes: readonly number[] }[] {
  return plan.forks.flatMap(({ without, prefixes }) => {
    const fork = forks.find((each) => each.without === line.entries[without - 1])
    if (fork === undefined) return []
    const places = fork.entries.map((entry) => line.entries.indexOf(entry) + 1)
    const own = prefixes.map((prefix) => places.findLastIndex((place) => place <= prefix) + 1)
    return [{ fork, prefixes: own.filter((prefix) => prefix > 0) }]
  })
}

function* startPrefixes(
  state: QueueState,
  target: TargetState,
  line: Line,
  prefixes: readonly number[],
): Generator<QueueEvent> {
  for (const prefix of prefixes) {
    if (prefix <= line.nodes.length) yield* startTrial(state, target, line, prefix)
  }
}

/** Starts whatever is required of a prefix and is neither known to pass nor running. */
function* startTrial(
  state: QueueState,
  target: TargetState,
  line: Line,
  prefix: number,
): Generator<QueueEvent> {
  const { candidate, required } = line.nodes[prefix - 1]!
  const running = runningKeys(state)
  for (const check of required) {
    const key = keyOf(candidate, check)
    const result = state.results.get(key)
    // What has failed often enough is not asked again: it does not become better by that.
    if (result !== undefined && (result.passes > 0 || isConfirmed(state, result))) continue
    if (running.has(`${check} ${key}`) || isPausedFor(target, `check/${check}`)) continue
    if (state.runs.size >= state.settings.slots) {
      const stopped = idleRun(state)
      if (stopped === undefined) return
      yield { type: 'check.stopped', target: stopped.target, checkRunId: stopped.id }
    }
    const entryIds = line.nodes.slice(0, prefix).map(({ entry }) => entry.id)
    yield startRun(state, { target: target.name, check, candidate, key, entryIds, purpose: 'required' })
  }
}

/** A run that only fills an idle slot. */
function idleRun(state: QueueState): CheckRunState | undefined {
  for (const run of state.runs.values()) if (run.purpose === 'diagnosis') return run
  return undefined
}
