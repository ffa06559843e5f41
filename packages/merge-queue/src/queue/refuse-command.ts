import { checkClaim, checkPattern } from '@ws/core'
import type { CommandAnswer } from '@ws/core'
import { isLive } from './entry-order.ts'
import { mayBeBuiltOn } from './lines.ts'
import type { QueueCommand } from './queue-input.ts'
import type { EntrySpec, QueueSettings } from './queue-spec.ts'
import type { EntryState, QueueState } from './queue-state.ts'

/** Why a command was refused. */
export type Refusal = Extract<CommandAnswer, { ok: false }>

type EntryCommand = Extract<QueueCommand, { readonly entryId: string }>

/** Why a command cannot be obeyed, or `undefined`. A refused command changes nothing. */
export function refuse(state: QueueState, command: QueueCommand): Refusal | undefined {
  switch (command.type) {
    case 'queue.configure':
      return refuseSettings(state, command.settings)
    case 'queue.pause':
    case 'queue.resume':
    case 'target.freeze':
      return undefined
    case 'target.thaw':
      return refuseThaw(state, command)
    case 'entry.add':
      return refuseEntry(state, command.entry)
    case 'entry.update':
    case 'entry.remove':
    case 'entry.retry':
    case 'entry.jump':
    case 'entry.relevel':
    case 'entry.approve':
    case 'entry.revert': {
      const entry = state.entries.get(command.entryId)
      if (entry !== undefined) return refuseChange(state, entry, command)
      return refusal('WS_ENTRY_UNKNOWN', `there is no entry "${command.entryId}"`, 'see `ws merge list`')
    }
  }
}

function refuseSettings(state: QueueState, settings: QueueSettings): Refusal | undefined {
  const problem = problemOfSettings(settings)
  if (problem !== undefined) return refusal('WS_QUEUE_SETTINGS', problem)
  const names = new Set(settings.checks.map(({ name }) => name))
  for (const entry of state.entries.values()) {
    const missing = isLive(entry) ? checksOf(entry.spec).find((name) => !names.has(name)) : undefined
    if (missing === undefined) continue
    const message = `entry "${entry.id}" names check "${missing}", which would be gone`
    return refusal('WS_CHECK_UNKNOWN', message, 'remove the entry first, or keep the check')
  }
  return undefined
}

function problemOfSettings({ slots, maxBatch, checks, personChecks }: QueueSettings): string | undefined {
  if (!Number.isInteger(slots) || slots < 1) return `slots is ${slots}; expected a whole number from 1 on`
  if (!Number.isInteger(maxBatch) || maxBatch < 1)
    return `maxBatch is ${maxBatch}; expected a whole number from 1 on`
  const names = new Set<string>()
  for (const { name, inputs, retries } of checks) {
    if (names.has(name)) return `check "${name}" is there twice`
    names.add(name)
    if (!Number.isInteger(retries) || retries < 0)
      return `check "${name}" has ${retries} retries; expected a whole number from 0 on`
    const wrong = inputs?.find((path) => checkPattern(path) !== undefined)
    if (wrong !== undefined) return `check "${name}" has the input "${wrong}", which is no pattern`
  }
  const missing = personChecks?.find((name) => !names.has(name))
  return missing === undefined ? undefined : `personChecks names check "${missing}", which is not there`
}

function refuseThaw(
  state: QueueState,
  { target: name, adopt }: Extract<QueueCommand, { type: 'target.thaw' }>,
): Refusal | undefined {
  const target = state.targets.get(name)
  if (target === undefined) return refusal('WS_TARGET_UNKNOWN', `the queue knows no target "${name}"`)
  if (adopt !== true || target.freezes.has('rewound')) return undefined
  const message = `target "${name}" was not rewound, so there is nothing to adopt`
  return refusal('WS_TARGET_STATE', message, 'thaw it without adopting')
}

function refuseEntry(state: QueueState, spec: EntrySpec): Refusal | undefined {
  const known = state.entries.get(spec.id)
  if (known !== undefined) {
    const isSame = spec.target === known.spec.target
    if (isSame && (spec.commit === known.spec.commit || spec.commit === known.addedCommit)) return undefined
    const message = `entry "${spec.id}" is there already, with another ${isSame ? 'commit' : 'target'}`
    return refusal('WS_ENTRY_EXISTS', message, 'update that one, or add this one under an id of its own')
  }
  if (spec.kind === 'person')
    return refusal('WS_ENTRY_INVALID', 'what persons commit on a target is taken in by the queue itself')
  if (!Number.isInteger(spec.level))
    return refusal('WS_ENTRY_INVALID', `level is ${spec.level}; expected a whole number, 0 first`)
  const checks = new Set(state.settings.checks.map(({ name }) => name))
  const unknown = checksOf(spec).find((name) => !checks.has(name))
  if (unknown !== undefined) {
    const hint = checks.size === 0 ? 'no check is configured' : `there are: ${[...checks].join(', ')}`
    return refusal('WS_CHECK_UNKNOWN', `there is no check "${unknown}"`, hint)
  }
  const before = spec.after.find((id) => !state.entries.has(id))
  if (before !== undefined)
    return refusal(
      'WS_ENTRY_UNKNOWN',
      `it comes after entry "${before}", which is not there`,
      'add that first',
    )
  const claim = spec.claims?.find((each) => checkClaim(each).length > 0)
  if (claim !== undefined) return refusal('WS_ENTRY_INVALID', `its claim "${claim.path}" is no pattern`)
  return undefined
}

function checksOf({ checks, advisory, afterwards }: EntrySpec): readonly string[] {
  return [...checks, ...advisory, ...afterwards]
}

function refuseChange(state: QueueState, entry: EntryState, command: EntryCommand): Refusal | undefined {
  const { id, phase, spec } = entry
  const said = (what: string, hint?: string) => refusal('WS_ENTRY_STATE', `entry "${id}" ${what}`, hint)
  switch (command.type) {
    case 'entry.remove':
      if (phase.state === 'MERGING') return intended(entry)
      if (spec.kind === 'person' && phase.state !== 'CANCELLED') {
        return said('is on the target already', 'mend or undo it there with a commit, which is taken in too')
      }
      return phase.state === 'MERGED' ? said('has landed', 'revert it') : undefined
    case 'entry.update':
      if (phase.state === 'MERGING') return intended(entry)
      return phase.state === 'MERGED'
        ? said('has landed', 'add the new commit as an entry of its own')
        : undefined
    case 'entry.retry':
      if (!isLive(entry) && phase.state !== 'MERGED') return undefined
      return said(`is ${phase.state}; only one that left the queue without landing is tried again`)
    case 'entry.jump':
    case 'entry.relevel':
      if (command.type === 'entry.relevel' && !Number.isInteger(command.level))
        return said(`cannot have level ${command.level}; expected a whole number, 0 first`)
      return isLive(entry) ? undefined : said(`is ${phase.state} and waits no more`)
    case 'entry.approve':
      if (isLive(entry) && (!mayBeBuiltOn(entry) || entry.isApproved)) return undefined
      return said('is not waiting for approval')
    case 'entry.revert': {
      if (phase.state !== 'MERGED') return said(`is ${phase.state}; only what has landed can be reverted`)
      if (phase.revertedBy !== undefined) return said(`was reverted by "${phase.revertedBy}"`)
      const revert = state.entries.get(command.revertId)
      if (revert === undefined || (revert.spec.kind === 'revert' && revert.addedCommit === phase.commit)) {
        return spec.kind === 'revert' ? said('is a revert', 'add the branch again') : undefined
      }
      return refusal('WS_ENTRY_EXISTS', `entry "${command.revertId}" is there already and is something else`)
    }
  }
}

function intended({ id }: EntryState): Refusal {
  const message = `entry "${id}" is past its intent and lands all the same`
  return refusal('WS_LANDING_INTENDED', message, 'revert it when it has landed')
}

function refusal(code: string, message: string, hint?: string): Refusal {
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) }
}
