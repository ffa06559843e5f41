import type { Clock } from '@ws/core'
import { wakeAfter } from '../platform/timers.ts'

/** Answers that wait for a reader, or readers that wait for an answer; each answer is read once, in order. */
export class AnswerQueue<Answer> {
  readonly #clock: Clock
  readonly #answers: Answer[] = []
  readonly #readers: ((answer: Answer) => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Answers that wait. */
  get size(): number {
    return this.#answers.length
  }

  put(answer: Answer): void {
    const reader = this.#readers.shift()
    if (reader === undefined) this.#answers.push(answer)
    else reader(answer)
  }

  /** The next answer; undefined when none came in time. What comes later stays for the next reader. */
  take(timeoutMs: number): Promise<Answer | undefined> {
    const answer = this.#answers.shift()
    if (answer !== undefined || timeoutMs <= 0) return Promise.resolve(answer)
    return new Promise((resolve) => {
      const reader = (next: Answer) => {
        cancel()
        resolve(next)
      }
      const cancel = wakeAfter(this.#clock, timeoutMs, () => {
        this.#readers.splice(this.#readers.indexOf(reader), 1)
        resolve(undefined)
      })
      this.#readers.push(reader)
    })
  }
}
