import { ANY_SYMBOL, AT_START, type Automaton, IN_NAME, segmentAfter, symbolSet } from './automaton.ts'
import { type CodePointSet, DOT, intersectSets, SEGMENT_SET, setHas, SLASH } from './code-point-set.ts'

/** The shortest path that both automata accept; one of printable characters where there is any. */
export function sharedPath(a: Automaton, b: Automaton): string | undefined {
  const search = new PairSearch(a, b, true)
  return search.run() ?? (search.skippedUnprintable ? new PairSearch(a, b, false).run() : undefined)
}

/** Whether some path is accepted by both automata. */
export function sharePath(a: Automaton, b: Automaton): boolean {
  return new PairSearch(a, b, false).isPossible()
}

/** Breadth-first search through pairs of states, each with the progress of the path's current segment. */
class PairSearch {
  skippedUnprintable = false
  readonly #a: Automaton
  readonly #b: Automaton
  readonly #printableOnly: boolean
  readonly #width: number
  /** One byte for each pair of states, in it one bit for each kind of progress. */
  readonly #visited: Uint8Array
  readonly #queue: Queue
  #length = 0

  constructor(a: Automaton, b: Automaton, printableOnly: boolean) {
    this.#a = a
    this.#b = b
    this.#printableOnly = printableOnly
    this.#width = b.edges.length
    const size = a.edges.length * b.edges.length
    this.#visited = size <= VISITED.length ? VISITED : new Uint8Array(size)
    this.#queue = size <= VISITED.length ? QUEUE : newQueue()
  }

  run(): string | undefined {
    let found = this.#search()
    if (found < 0) return undefined
    const path: string[] = []
    for (; found > 0; found = this.#queue.parents[found]!) {
      path.push(String.fromCodePoint(this.#queue.codePoints[found]!))
    }
    return path.reverse().join('')
  }

  isPossible(): boolean {
    return this.#search() >= 0
  }

  /** The place in the queue of the first pair that accepts, or -1. */
  #search(): number {
    const { pairs } = this.#queue
    let found = -1
    this.#reach(0, 0, AT_START, 0, 0)
    for (let place = 0; place < this.#length && found < 0; place++) {
      const pair = pairs[place]!
      const states = pair >>> 2
      const from = Math.floor(states / this.#width)
      const edgesA = this.#a.edges[from]!
      const edgesB = this.#b.edges[states - from * this.#width]!
      for (let i = 0; i < edgesA.length && found < 0; i += 2) {
        for (let j = 0; j < edgesB.length && found < 0; j += 2) {
          if (this.#move(place, pair & 3, edgesA, i, edgesB, j)) found = this.#length - 1
        }
      }
    }
    for (let place = 0; place < this.#length; place++) this.#visited[pairs[place]! >>> 2] = 0
    return found
  }

  #move(
    place: number,
    progress: number,
    edgesA: readonly number[],
    i: number,
    edgesB: readonly number[],
    j: number,
  ): boolean {
    const x = edgesA[i]!
    const y = edgesB[j]!
    const a = edgesA[i + 1]!
    const b = edgesB[j + 1]!
    if (x >= 0 || y >= 0) {
      const codePoint = x >= 0 ? x : y
      const isShared =
        x === y || (x < 0 ? this.#has(this.#a, x, codePoint) : y < 0 && this.#has(this.#b, y, codePoint))
      return isShared && this.#read(a, b, progress, place, codePoint)
    }
    const shared = this.#sharedSet(x, y)
    // Within a name all code points lead to the same pair, so one stands for all. Before that `.` is a case of its own.
    const codePoint = chooseCodePoint(shared, progress !== IN_NAME)
    if (codePoint > 0 && this.#read(a, b, progress, place, codePoint)) return true
    return progress !== IN_NAME && setHas(shared, DOT) && this.#read(a, b, progress, place, DOT)
  }

  #read(a: number, b: number, progress: number, place: number, codePoint: number): boolean {
    const next = segmentAfter(progress, codePoint)
    if (next < 0) return false
    if (this.#printableOnly && !isPrintable(codePoint)) {
      this.skippedUnprintable = true
      return false
    }
    return this.#reach(a, b, next, place, codePoint)
  }

  /** Queues a pair that is new; true when both states accept there and the text so far is a path. */
  #reach(a: number, b: number, progress: number, place: number, codePoint: number): boolean {
    const states = a * this.#width + b
    const bit = 1 << progress
    if (this.#visited[states]! & bit) return false
    this.#visited[states]! |= bit
    const { pairs, parents, codePoints } = this.#queue
    pairs[this.#length] = (states << 2) | progress
    parents[this.#length] = place
    codePoints[this.#length++] = codePoint
    return progress === IN_NAME && this.#a.accepting[a]! && this.#b.accepting[b]!
  }

  #has(automaton: Automaton, symbol: number, codePoint: number): boolean {
    if (codePoint === SLASH) return false
    return symbol === ANY_SYMBOL || setHas(symbolSet(automaton, symbol), codePoint)
  }

  #sharedSet(x: number, y: number): CodePointSet {
    if (x === ANY_SYMBOL) return y === ANY_SYMBOL ? SEGMENT_SET : symbolSet(this.#b, y)
    if (y === ANY_SYMBOL) return symbolSet(this.#a, x)
    return intersectSets(symbolSet(this.#a, x), symbolSet(this.#b, y))
  }
}

/** The reached pairs in order, how each was reached, and from where. */
interface Queue {
  readonly pairs: number[]
  readonly parents: number[]
  readonly codePoints: number[]
}

function newQueue(): Queue {
  return { pairs: [], parents: [], codePoints: [] }
}

// Scratch space for the usual search, which takes a few microseconds; VISITED is all zero between two of them.
const VISITED = new Uint8Array(0x4000)
const QUEUE = newQueue()

// What a reader of a witness takes in at a glance comes first.
const PREFERRED =
  'abcdefghijklmnopqrstuvwxyz0123456789_-ABCDEFGHIJKLMNOPQRSTUVWXYZ.+=@~#$%&,;!^()[]{}\'`"|<>:*?\\ '
const PREFERRED_CODE_POINTS: readonly number[] = [...PREFERRED].map((char) => char.charCodeAt(0))

/** One code point of a set, the most readable; 0 if there is none (or only `.`, where that is not wanted). */
function chooseCodePoint(set: CodePointSet, exceptDot: boolean): number {
  if (set === SEGMENT_SET) return PREFERRED_CODE_POINTS[0]!
  for (const codePoint of PREFERRED_CODE_POINTS) {
    if (setHas(set, codePoint) && !(exceptDot && codePoint === DOT)) return codePoint
  }
  let first = 0
  for (let i = 0; i < set.length; i += 2) {
    // A range may be huge; if its beginning has nothing to show, the rest is not worth the time.
    const end = Math.min(set[i + 1]!, set[i]! + 255)
    for (let codePoint = set[i]!; codePoint <= end; codePoint++) {
      if (exceptDot && codePoint === DOT) continue
      if (isPrintable(codePoint)) return codePoint
      first ||= codePoint
    }
  }
  return first
}

function isPrintable(codePoint: number): boolean {
  if (codePoint < 0x7f) return codePoint >= 0x20
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(String.fromCodePoint(codePoint))
}
