import type { WaitingTurn } from './waiting-turn.ts'

/** Where turns wait: some for one instance, the others for whichever is free first. */
export class TurnQueue {
  readonly #bound: WaitingTurn[][]
  readonly #free: WaitingTurn[] = []
  #lastArrival = 0

  constructor(count: number) {
    this.#bound = Array.from({ length: count }, () => [])
  }

  get size(): number {
    return this.#bound.reduce((sum, turns) => sum + turns.length, this.#free.length)
  }

  boundTo(index: number): number {
    return this.#bound[index]?.length ?? 0
  }

  put(turn: WaitingTurn): void {
    turn.arrival ??= ++this.#lastArrival
    const list = this.#listOf(turn)
    // One that was moved came before others that wait here.
    let at = list.length
    while (at > 0 && arrivalOf(list[at - 1]) > turn.arrival) at -= 1
    if (at === list.length) list.push(turn)
    else list.splice(at, 0, turn)
  }

  remove(turn: WaitingTurn): void {
    const list = this.#listOf(turn)
    const at = list.indexOf(turn)
    if (at === 0) list.shift()
    else if (at > 0) list.splice(at, 1)
  }

  /** Takes the turn that came first among those that this instance may have and can run now. */
  take(index: number, canRun: (turn: WaitingTurn) => boolean): WaitingTurn | undefined {
    const own = this.#bound[index]?.find(canRun)
    const any = this.#free.find(canRun)
    const first = own === undefined || (any !== undefined && arrivalOf(any) < arrivalOf(own)) ? any : own
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Takes out all that wait for an instance, or for any. */
  drain(index?: number): readonly WaitingTurn[] {
    if (index !== undefined) return this.#bound[index]?.splice(0) ?? []
    return [...this.#bound.flatMap((turns) => turns.splice(0)), ...this.#free.splice(0)].toSorted(
      (a, b) => arrivalOf(a) - arrivalOf(b),
    )
  }

  #listOf({ boundTo }: WaitingTurn): WaitingTurn[] {
    return (boundTo === undefined ? undefined : this.#bound[boundTo]) ?? this.#free
  }
}

function arrivalOf(turn: WaitingTurn | undefined): number {
  return turn?.arrival ?? 0
}
