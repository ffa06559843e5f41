import { invariant } from '@ws/core'
import { isLive } from './entry-order.ts'
import type { Line } from './line.ts'
import { allLinesOf, deriveLines, linesOf, lostBaseOf, mayBeBuiltOn } from './lines.ts'
import type { CheckRunState, EntryState, QueueState, TargetState } from './queue-state.ts'
import { isHalted } from './trouble.ts'
import { judge } from './verdict.ts'
import { wanted } from './wanted.ts'

/**
 * Checks every promise that the state alone can show, the slow and plain way. Tests and the simulator call it after
 * every step.
 * @throws `WS_INVARIANT` naming the promise that broke.
 */
export function checkQueueInvariants(state: QueueState): void {
  checkEntries(state)
  checkRuns(state)
  checkWanted(state)
  for (const target of state.targets.values()) {
    checkLanding(state, target)
    checkLines(state, target)
    if (!state.isPaused && !isHalted(target)) {
      for (const line of linesOf(state, target)) checkMoves(state, target, line)
    }
  }
}

function checkEntries(state: QueueState): void {
  for (const entry of state.entries.values()) {
    const target = state.targets.get(entry.spec.target)
    const about = { entry: entry.id, state: entry.phase.state }
    invariant(target?.live.has(entry) === isLive(entry), 'live entries are those of their target', about)
    const isMerging = target?.landing?.entryIds.includes(entry.id) === true
    invariant((entry.phase.state === 'MERGING') === isMerging, 'what is MERGING is being landed', about)
    if (entry.parkedBehind !== undefined) {
      const other = state.entries.get(entry.parkedBehind.entryId)
      const isThere = other !== undefined && isLive(other) && isLive(entry)
      invariant(isThere, 'a predicted conflict is with one that is still there', about)
    }
    invariant(
      !isStranded(state, entry) || entry.phase.state !== 'CHECKING',
      'what has lost its base is not checked',
      about,
    )
    const isAsked = state.escalations.has(entry.id)
    const isOut = entry.phase.state === 'FAILED' || entry.phase.state === 'CONFLICTED'
    invariant(!isAsked || isOut, 'only what failed or conflicts is escalated', about)
  }
}

/** Whether it, or one that it comes after, comes after one that is out. */
function isStranded(state: QueueState, entry: EntryState): boolean {
  if (lostBaseOf(state, entry) !== undefined) return true
  return entry.spec.after.some((id) => {
    const before = state.entries.get(id)
    return before !== undefined && isLive(before) && isStranded(state, before)
  })
}

function checkRuns(state: QueueState): void {
  const keys = new Set<string>()
  const { slots } = state.settings
  invariant(state.runs.size <= slots, 'no more checks run than there are slots', {
    runs: state.runs.size,
    slots,
  })
  for (const run of state.runs.values()) {
    const { check, key, entryIds, purpose } = run
    invariant(!keys.has(`${check} ${key}`), 'nothing is checked twice at once', { check, key })
    keys.add(`${check} ${key}`)
    if (purpose !== 'required' && purpose !== 'advisory') continue
    // Under the same key it may serve others by now than those it was started for.
    const ids = servedBy(state, run) ?? entryIds
    ids.forEach((id, i) => {
      const entry = state.entries.get(id)
      if (entry === undefined || entry.phase.state === 'MERGED') return
      invariant(isLive(entry), 'nothing is tested with an entry that left', { run: run.id, entry: id })
      for (const before of entry.spec.after) {
        const isIn = state.entries.get(before)?.phase.state === 'MERGED' || ids.slice(0, i).includes(before)
        invariant(isIn, 'nothing is tested without what it comes after', { run: run.id, entry: id, before })
      }
      const isAlone = ids.length === 1
      invariant(isAlone || mayBeBuiltOn(entry), 'nothing is stacked on what is not approved', { entry: id })
    })
  }
}

/** The entries of the first prefix, in a line as it stands, that waits for the run's result. */
function servedBy(
  state: QueueState,
  { target: name, check, key }: CheckRunState,
): readonly string[] | undefined {
  const target = state.targets.get(name)
  for (const { nodes } of target === undefined ? [] : allLinesOf(state, target)) {
    const at = nodes.findIndex(({ candidate }) => candidate.keys[check] === key)
    if (at !== -1) return nodes.slice(0, at + 1).map(({ entry }) => entry.id)
  }
  return undefined
}

function checkWanted(state: QueueState): void {
  const effects = wanted(state)
  for (const [key, effect] of effects) {
    if (effect.kind === 'check')
      invariant(state.runs.has(effect.checkRunId), 'only what was started is run', { key })
    if (effect.kind === 'build') {
      const { target } = effect
      invariant(!state.isPaused, 'nothing is built while the queue is paused', { target })
    }
    if (effect.kind !== 'land') continue
    const isIntended = state.targets.get(effect.target)?.landing?.landId === effect.landId
    invariant(isIntended, 'only what was intended lands', { key })
  }
  for (const id of state.runs.keys())
    invariant(effects.has(`check/${id}`), 'all that was started is wanted', { id })
}

function checkLanding(state: QueueState, target: TargetState): void {
  const { landing, landed } = target
  if (landing === undefined) return
  const about = { target: target.name, land: landing.landId }
  invariant(landing.from === landed || target.freezes.size > 0, 'a landing starts where the target is', about)
  for (const id of landing.entryIds) {
    const entry = state.entries.get(id)
    invariant(entry?.phase.state === 'MERGING', 'what is being landed is MERGING', { ...about, entry: id })
  }
}

/** What was derived step by step is what would be derived anew, as whoever reads the log does. */
function checkLines(state: QueueState, target: TargetState): void {
  const [known, anew] = [allLinesOf(state, target), deriveLines(state, target)].map((lines) =>
    lines.map(({ entries, nodes, wants, clash, without }) =>
      [
        without?.id,
        entries.map(({ id }) => id),
        nodes.map(({ candidate }) => candidate.id),
        wants?.candidateId,
        clash?.kind,
      ].join(),
    ),
  )
  invariant(known?.join('\n') === anew?.join('\n'), 'lines are as if they were derived anew', {
    target: target.name,
  })
}

/** No lost wake-up: a line is being built, tested or landed, waits for a person or a slot, or is tried again later. */
function checkMoves(state: QueueState, target: TargetState, line: Line): void {
  if (target.landing !== undefined || line.wants !== undefined) return
  if ([...target.troubles.values()].some(({ retryAt }) => retryAt !== undefined)) return
  if (state.runs.size >= state.settings.slots) return
  if (!line.isApproved && line.entries[0]?.checkedOn !== undefined) return
  const ids = new Set(line.entries.map(({ id }) => id))
  const keys = new Set(line.nodes.flatMap(({ candidate }) => Object.values(candidate.keys)))
  const isTested = [...state.runs.values()].some(
    ({ key, entryIds }) => keys.has(key) || entryIds.some((id) => ids.has(id)),
  )
  const { good } = judge(state, line)
  invariant(isTested && good === 0, 'a line that could go on goes on', {
    target: target.name,
    entries: [...ids].join(', '),
    good,
  })
}
