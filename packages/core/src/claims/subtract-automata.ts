import { ANY_SYMBOL, type Automaton, setSymbol, symbolSet } from './automaton.ts'
import { closeOverCase } from './case-folding.ts'
import {
  type CodePointSet,
  intersectSets,
  SEGMENT_SET,
  setHas,
  setsEqual,
  SLASH,
  subtractSets,
} from './code-point-set.ts'
import { MAX_EDGES, MAX_STATES } from './pattern-problem.ts'

/**
 * The automaton of what `kept` accepts and none of `cut` does, or undefined where it grows beyond the limits.
 *
 * Its states pair a state of `kept` with the set of all states that `cut` may be in, found as they are reached.
 */
export function subtractAutomata(
  kept: Automaton,
  cut: readonly Automaton[],
  ignoreCase: boolean,
): Automaton | undefined {
  return new Difference(kept, cut, ignoreCase).build()
}

interface Move {
  readonly set: CodePointSet
  readonly symbol: number
  readonly target: number
}

class Difference {
  readonly #kept: Automaton
  readonly #ignoreCase: boolean
  /** The states of all cut automata, numbered through. */
  readonly #moves: (readonly Move[])[] = []
  readonly #cutAccepting: boolean[] = []
  readonly #cutBelow = new Set<number>()
  readonly #starts: number[] = []

  readonly #subsets: (readonly number[])[] = []
  readonly #subsetIds = new Map<string, number>()
  readonly #states: (readonly [kept: number, subset: number])[] = []
  readonly #stateIds = new Map<number, number>()
  readonly #edges: number[][] = []
  readonly #sets: CodePointSet[] = []
  #edgeCount = 0

  constructor(kept: Automaton, cut: readonly Automaton[], ignoreCase: boolean) {
    this.#kept = kept
    this.#ignoreCase = ignoreCase
    for (const automaton of cut) this.#addCut(automaton)
  }

  build(): Automaton | undefined {
    this.#stateOf(0, this.#starts)
    for (let state = 0; state < this.#states.length; state++) {
      const [from, subset] = this.#states[state]!
      const edges = this.#kept.edges[from]!
      this.#edges.push([])
      for (let i = 0; i < edges.length; i += 2)
        this.#follow(state, edges[i]!, edges[i + 1]!, this.#subsets[subset]!)
      if (this.#states.length > MAX_STATES || this.#edgeCount > MAX_EDGES) return undefined
    }
    const accepting = this.#states.map(
      ([from, subset]) =>
        this.#kept.accepting[from]! && !this.#subsets[subset]!.some((state) => this.#cutAccepting[state]),
    )
    return withoutDeadEnds({ edges: this.#edges, accepting, sets: this.#sets, below: -1 })
  }

  #addCut(automaton: Automaton): void {
    const offset = this.#moves.length
    this.#starts.push(offset)
    if (automaton.below >= 0) this.#cutBelow.add(offset + automaton.below)
    automaton.edges.forEach((edges, state) => {
      const moves: Move[] = []
      for (let i = 0; i < edges.length; i += 2) {
        const symbol = edges[i]!
        const set = symbolSet(automaton, symbol)
        // Sets hold all cases of a letter, literals only the folded one: cutting just that would leave the others.
        const isLetter = this.#ignoreCase && symbol >= 0
        moves.push({ symbol, set: isLetter ? closeOverCase(set) : set, target: offset + edges[i + 1]! })
      }
      this.#moves.push(moves)
      this.#cutAccepting.push(automaton.accepting[state]!)
    })
  }

  /** Splits what one move of `kept` reads by what `cut` does on it, and adds a move for each part. */
  #follow(state: number, symbol: number, target: number, subset: readonly number[]): void {
    if (symbol >= 0) {
      const next: number[] = []
      for (const from of subset) {
        for (const move of this.#moves[from]!) if (reads(move, symbol)) next.push(move.target)
      }
      this.#connect(state, symbol, target, next)
      return
    }
    let parts: { set: CodePointSet; next: number[] }[] = [{ set: symbolSet(this.#kept, symbol), next: [] }]
    for (const from of subset) {
      for (const move of this.#moves[from]!) {
        if (move.symbol !== SLASH) parts = parts.flatMap((part) => split(part, move))
      }
    }
    for (const { set, next } of parts) {
      if (this.#edgeCount > MAX_EDGES) return
      this.#connect(state, this.#symbolOf(set), target, next)
    }
  }

  #connect(state: number, symbol: number, target: number, next: readonly number[]): void {
    if (next.some((cut) => this.#cutBelow.has(cut))) return
    this.#edges[state]!.push(symbol, this.#stateOf(target, next))
    this.#edgeCount += 1
  }

  #stateOf(kept: number, cut: readonly number[]): number {
    const states = [...new Set(cut)].toSorted((a, b) => a - b)
    const name = states.join()
    let subset = this.#subsetIds.get(name)
    if (subset === undefined) {
      subset = this.#subsets.push(states) - 1
      this.#subsetIds.set(name, subset)
    }
    const key = subset * this.#kept.edges.length + kept
    const known = this.#stateIds.get(key)
    if (known !== undefined) return known
    this.#stateIds.set(key, this.#states.length)
    return this.#states.push([kept, subset]) - 1
  }

  #symbolOf(set: CodePointSet): number {
    if (set.length === 2 && set[0] === set[1]) return set[0]!
    if (setsEqual(set, SEGMENT_SET)) return ANY_SYMBOL
    const known = this.#sets.findIndex((other) => setsEqual(other, set))
    return setSymbol(known >= 0 ? known : this.#sets.push(set) - 1)
  }
}

function reads(move: Move, codePoint: number): boolean {
  return move.symbol >= 0 ? move.symbol === codePoint : codePoint !== SLASH && setHas(move.set, codePoint)
}

function split(
  part: { set: CodePointSet; next: number[] },
  move: Move,
): { set: CodePointSet; next: number[] }[] {
  const inside = intersectSets(part.set, move.set)
  if (inside.length === 0) return [part]
  const outside = subtractSets(part.set, move.set)
  const moved = { set: inside, next: [...part.next, move.target] }
  return outside.length === 0 ? [moved] : [{ set: outside, next: part.next }, moved]
}

/** Drops the moves into states from which nothing is accepted any more, so that no search follows them. */
function withoutDeadEnds(automaton: Automaton): Automaton {
  const into: number[][] = automaton.edges.map(() => [])
  automaton.edges.forEach((edges, state) => {
    for (let i = 1; i < edges.length; i += 2) into[edges[i]!]!.push(state)
  })
  const alive = [...automaton.accepting]
  const pending = alive.flatMap((isAlive, state) => (isAlive ? [state] : []))
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    for (const from of into[state]!) {
      if (alive[from]) continue
      alive[from] = true
      pending.push(from)
    }
  }
  const edges = automaton.edges.map((moves) => {
    const kept: number[] = []
    for (let i = 0; i < moves.length; i += 2) if (alive[moves[i + 1]!]) kept.push(moves[i]!, moves[i + 1]!)
    return kept
  })
  return { ...automaton, edges }
}
