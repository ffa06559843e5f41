import type { Clock } from '../machine/clock.ts'
import { Heap } from '../machine/heap.ts'

interface Alarm {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** A clock that moves only when told to, so that a test decides what time it is. */
export class ManualClock implements Clock {
  readonly #alarms = new Heap<Alarm>((a, b) => a.at - b.at || a.order - b.order)
  #now: number
  #order = 0

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  wakeAt(at: number, callback: () => void): () => void {
    const alarm = { at, order: this.#order++, callback }
    this.#alarms.put(alarm)
    return () => void this.#alarms.delete(alarm)
  }

  /** When the next alarm rings. */
  next(): number | undefined {
    return this.#alarms.peek()?.at
  }

  /** Moves to a time, ringing every alarm up to it in order. */
  advanceTo(time: number): void {
    for (
      let alarm = this.#alarms.peek();
      alarm !== undefined && alarm.at <= time;
      alarm = this.#alarms.peek()
    ) {
      this.#alarms.take()
      this.#now = Math.max(this.#now, alarm.at)
      alarm.callback()
    }
    this.#now = Math.max(this.#now, time)
  }

  advanceBy(ms: number): void {
    this.advanceTo(this.#now + ms)
  }
}
