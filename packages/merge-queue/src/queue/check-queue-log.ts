import { invariant } from '@ws/core'
import type { QueueEvent } from './queue-event.ts'
import type { EntrySpec } from './queue-spec.ts'

type EventOf<Type extends QueueEvent['type']> = Extract<QueueEvent, { type: Type }>

interface LoggedEntry {
  spec: EntrySpec
  state: 'waiting' | 'merging' | 'landed' | 'out'
}

/**
 * Reads the promise about the target off the log alone, without the machine that wrote it: each value that it was to
 * take is made of entries that waited for it, on the value before, in an order that respects what comes after what,
 * and has a pass of every required check under its own key. And nobody is rejected for what no check has said.
 * @throws `WS_INVARIANT` naming the promise that broke.
 */
export function checkQueueLog(events: Iterable<QueueEvent>): void {
  const log = new LogReader()
  for (const event of events) log.read(event)
}

class LogReader {
  readonly #entries = new Map<string, LoggedEntry>()
  readonly #candidates = new Map<string, EventOf<'candidate.built'>>()
  readonly #passes = new Set<string>()
  readonly #failures = new Set<string>()
  readonly #landed = new Map<string, string>()
  readonly #landings = new Map<string, EventOf<'landing.intended'>>()
  #quarantined: ReadonlySet<string> = new Set()

  read(event: QueueEvent): void {
    switch (event.type) {
      case 'queue.configured':
        this.#quarantined = new Set(
          event.settings.checks.filter(({ isQuarantined }) => isQuarantined === true).map(({ name }) => name),
        )
        return
      case 'landing.queued':
        invariant(!this.#entries.has(event.entry.id), 'an entry is queued once', { entry: event.entry.id })
        this.#entries.set(event.entry.id, { spec: event.entry, state: 'waiting' })
        return
      case 'landing.updated':
      case 'landing.requeued':
        return this.#requeue(event.entryId)
      case 'candidate.built':
        this.#candidates.set(event.candidateId, event)
        return
      case 'check.ended':
        if (event.outcome.kind === 'passed') this.#passes.add(`${event.check} ${event.key}`)
        if (event.outcome.kind === 'failed' || event.outcome.kind === 'timed-out')
          this.#failures.add(event.check)
        return
      case 'target.moved':
        this.#landed.set(event.target, event.to)
        return
      case 'landing.intended':
        return this.#intend(event)
      case 'landing.landed':
        return this.#land(event)
      case 'landing.deferred':
        for (const id of this.#landing(event.landId).entryIds) this.#entry(id).state = 'waiting'
        this.#landings.delete(event.landId)
        return
      case 'landing.emptied':
        this.#entry(event.entryId).state = 'landed'
        return
      case 'landing.rejected':
        if (event.problem.reason === 'check-failed') {
          for (const { name } of event.problem.checks)
            invariant(this.#failures.has(name), 'nobody is rejected for what no check has said', {
              check: name,
            })
        }
        return this.#leave(event.entryId)
      case 'landing.conflicted':
      case 'landing.cancelled':
        return this.#leave(event.entryId)
      default:
        return
    }
  }

  #entry(id: string): LoggedEntry {
    const entry = this.#entries.get(id)
    invariant(entry !== undefined, 'what happens to an entry happens after it was queued', { entry: id })
    return entry
  }

  #landing(landId: string): EventOf<'landing.intended'> {
    const landing = this.#landings.get(landId)
    invariant(landing !== undefined, 'what ends a landing comes after its intent', { land: landId })
    return landing
  }

  #requeue(id: string): void {
    const entry = this.#entry(id)
    invariant(entry.state === 'waiting' || entry.state === 'out', 'what has landed does not come back', {
      entry: id,
    })
    entry.state = 'waiting'
  }

  #leave(id: string): void {
    const entry = this.#entry(id)
    invariant(
      entry.state === 'waiting' || entry.state === 'out',
      'what is past its intent does not leave the queue',
      { entry: id },
    )
    entry.state = 'out'
  }

  #intend(event: EventOf<'landing.intended'>): void {
    const { target, landId, from, to, candidateId, entryIds } = event
    const about = { land: landId, target }
    invariant(this.#landed.get(target) === from, 'a landing starts where the target is', about)
    invariant(
      ![...this.#landings.values()].some((landing) => landing.target === target),
      'a target has one landing at a time',
      about,
    )
    const required = new Set<string>()
    let onto = from
    for (const id of entryIds) {
      const entry = this.#entry(id)
      invariant(entry.state === 'waiting', 'what lands has waited for it', { ...about, entry: id })
      for (const before of entry.spec.after) {
        const { state } = this.#entry(before)
        const isBefore = state === 'landed' || (state === 'merging' && entryIds.includes(before))
        invariant(isBefore, 'nothing lands before what it comes after', { ...about, entry: id, before })
      }
      entry.state = 'merging'
      const step = [...this.#candidates.values()].findLast(
        (each) => each.entryId === id && each.onto === onto,
      )
      invariant(step !== undefined, 'what lands was built on what it lands on', { ...about, entry: id })
      if (!step.isEmpty) for (const check of entry.spec.checks) required.add(check)
      onto = step.commit
    }
    const candidate = this.#candidates.get(candidateId)
    invariant(onto === to && candidate?.commit === to, 'a landing names the candidate that it lands', about)
    for (const check of required) {
      if (this.#quarantined.has(check)) continue
      const key = candidate.keys[check]
      const hasPassed = key !== undefined && this.#passes.has(`${check} ${key}`)
      invariant(hasPassed, 'each required check has passed under the candidate’s own key', {
        ...about,
        check,
      })
    }
    this.#landings.set(landId, event)
  }

  #land({ landId, target, to, entryIds }: EventOf<'landing.landed'>): void {
    const landing = this.#landing(landId)
    invariant(landing.to === to, 'what lands is what was intended', { land: landId })
    this.#landings.delete(landId)
    this.#landed.set(target, to)
    for (const id of entryIds) this.#entry(id).state = 'landed'
  }
}
