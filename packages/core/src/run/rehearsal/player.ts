import type { Adjacency } from '../../graph/compact-graph.ts'
import type { Stage } from './stage.ts'

/** Which way a run is played: its graph as it is, or with both turned round. */
export interface Direction {
  readonly needs: Adjacency
  readonly dependents: Adjacency
}

/** How many more steps there are for all players that share it. A step is a look at a task that might start. */
export interface Budget {
  left: number
}

/** To start and end a task takes about as long as to look at so many. */
const stepsOfTask = 4

/**
 * Plays a run through as the machine would: whatever can start does, in the order given, and what cannot is looked
 * past. It stands for a machine without faults, money or fairness. One player plays many orders on arrays that it keeps.
 */
export class Player {
  /** When each task of the last play ended. */
  readonly ends: Float64Array
  readonly #stage: Stage
  readonly #direction: Direction
  readonly #budget: Budget
  #durations: Float64Array
  readonly #order: Int32Array
  readonly #ranks: Int32Array
  /** One bit for each rank: whether its task waits to start. */
  readonly #ready: Int32Array
  readonly #unmet: Int32Array
  readonly #isBusy: Uint8Array
  /** Tasks that each workstream has still to start: all of them while it holds nothing. */
  readonly #left: Int32Array
  /** How many holders keep each claim from being taken. */
  readonly #held: Int32Array
  readonly #free: Float64Array
  /** Who waits for a workstream to be idle, or for a claim, stands in its line until then, and is not looked at. */
  readonly #lines: Int32Array
  /** For each task in a line, the next one in it. */
  readonly #behind: Int32Array
  /** What runs; the first to end is the last. */
  readonly #running: Int32Array
  #runningCount = 0
  #started = 0
  /** With fewer slots free nothing starts. */
  readonly #fewestSlots: number

  constructor(stage: Stage, direction: Direction, budget: Budget) {
    this.#stage = stage
    this.#direction = direction
    this.#budget = budget
    this.#durations = stage.durations
    this.#order = new Int32Array(stage.size)
    this.#ranks = new Int32Array(stage.size)
    this.ends = new Float64Array(stage.size)
    this.#ready = new Int32Array((stage.size + 31) >>> 5)
    this.#unmet = new Int32Array(stage.size)
    this.#running = new Int32Array(stage.size)
    this.#behind = new Int32Array(stage.size)
    this.#isBusy = new Uint8Array(stage.streamSizes.length)
    this.#left = new Int32Array(stage.streamSizes.length)
    this.#held = new Int32Array(stage.rivals.offsets.length - 1)
    this.#lines = new Int32Array(stage.streamSizes.length + this.#held.length)
    this.#free = new Float64Array(stage.capacities.length)
    this.#fewestSlots = fewestSlots(stage)
  }

  /** The makespan; infinite where in this order workstreams come to wait for one another, or the budget is spent. */
  play(order: Int32Array, durations: Float64Array = this.#stage.durations): number {
    if (this.#budget.left <= 0) return Number.POSITIVE_INFINITY
    const { size, streamSizes, capacities } = this.#stage
    const { offsets } = this.#direction.needs
    this.#order.set(order)
    this.#durations = durations
    this.#ready.fill(0)
    this.#held.fill(0)
    this.#lines.fill(-1)
    this.#isBusy.fill(0)
    this.#left.set(streamSizes)
    this.#free.set(capacities)
    this.#runningCount = this.#started = 0
    this.#budget.left -= stepsOfTask * size
    for (let rank = 0; rank < size; rank++) this.#ranks[order[rank]!] = rank
    for (let task = 0; task < size; task++) this.#unmet[task] = offsets[task + 1]! - offsets[task]!
    for (let task = 0; task < size; task++) if (offsets[task + 1] === offsets[task]) this.#offer(task, 0)
    let now = 0
    this.#admit(now)
    // One end at a time, as the machine hears of them.
    while (this.#runningCount > 0) {
      const task = this.#running[--this.#runningCount]!
      now = this.ends[task]!
      this.#end(task)
      this.#admit(now)
    }
    return this.#started < size ? Number.POSITIVE_INFINITY : now
  }

  #offer(task: number, now: number): void {
    if (this.#stage.streams[task]! < 0) {
      this.#started++
      this.ends[task] = now
      this.#meet(task)
      return
    }
    const rank = this.#ranks[task]!
    this.#ready[rank >>> 5]! |= 1 << (rank & 31)
  }

  /** What it has been waiting for is done. */
  #meet(task: number): void {
    const { offsets, nodes } = this.#direction.dependents
    for (let at = offsets[task]!; at < offsets[task + 1]!; at++) {
      const next = nodes[at]!
      if (--this.#unmet[next]! === 0) this.#offer(next, this.ends[task]!)
    }
  }

  #admit(now: number): void {
    const ready = this.#ready
    for (let word = 0; word < ready.length; word++) {
      let bits = ready[word]!
      while (bits !== 0) {
        if (this.#free[0]! < this.#fewestSlots || this.#budget.left <= 0) return
        const bit = bits & -bits
        bits ^= bit
        const task = this.#order[word * 32 + 31 - Math.clz32(bit)]!
        this.#budget.left--
        const line = this.#lineFor(task)
        if (line === undefined && !this.#hasRoom(task)) continue
        ready[word]! ^= bit
        if (line === undefined) this.#start(task, now)
        else this.#park(task, line)
      }
    }
  }

  /** Where the task has to wait: for its workstream, or for the first claim of it that another holds. */
  #lineFor(task: number): number | undefined {
    const { streams, streamSizes, claims } = this.#stage
    const stream = streams[task]!
    if (this.#isBusy[stream] === 1) return stream
    if (this.#left[stream]! < streamSizes[stream]!) return undefined
    for (let at = claims.offsets[stream]!; at < claims.offsets[stream + 1]!; at++) {
      const claim = claims.nodes[at]!
      if (this.#held[claim]! > 0) return streamSizes.length + claim
    }
    return undefined
  }

  #hasRoom(task: number): boolean {
    const { uses, amounts } = this.#stage
    for (let at = uses.offsets[task]!; at < uses.offsets[task + 1]!; at++) {
      if (amounts[at]! > this.#free[uses.nodes[at]!]!) return false
    }
    return true
  }

  #park(task: number, line: number): void {
    this.#behind[task] = this.#lines[line]!
    this.#lines[line] = task
  }

  #unpark(line: number): void {
    for (let task = this.#lines[line]!; task >= 0; task = this.#behind[task]!) this.#offer(task, 0)
    this.#lines[line] = -1
  }

  #start(task: number, now: number): void {
    const { streams, streamSizes } = this.#stage
    const stream = streams[task]!
    if (this.#left[stream] === streamSizes[stream]) this.#hold(stream, 1)
    this.#left[stream]!--
    this.#isBusy[stream] = 1
    this.#take(task, 1)
    this.#started++
    this.ends[task] = now + this.#durations[task]!
    this.#run(task)
  }

  /** Of those that end together, the first to start is the first to end. */
  #run(task: number): void {
    const end = this.ends[task]!
    let place = 0
    for (let to = this.#runningCount; place < to;) {
      const middle = (place + to) >>> 1
      if (this.ends[this.#running[middle]!]! > end) place = middle + 1
      else to = middle
    }
    this.#running.copyWithin(place + 1, place, this.#runningCount++)
    this.#running[place] = task
  }

  #end(task: number): void {
    const stream = this.#stage.streams[task]!
    this.#isBusy[stream] = 0
    this.#unpark(stream)
    if (this.#left[stream] === 0) this.#hold(stream, -1)
    this.#take(task, -1)
    this.#meet(task)
  }

  #take(task: number, by: 1 | -1): void {
    const { uses, amounts } = this.#stage
    for (let at = uses.offsets[task]!; at < uses.offsets[task + 1]!; at++) {
      this.#free[uses.nodes[at]!]! -= by * amounts[at]!
    }
  }

  #hold(stream: number, by: 1 | -1): void {
    const { streamSizes, claims, rivals } = this.#stage
    for (let at = claims.offsets[stream]!; at < claims.offsets[stream + 1]!; at++) {
      const claim = claims.nodes[at]!
      for (let to = rivals.offsets[claim]!; to < rivals.offsets[claim + 1]!; to++) {
        const rival = rivals.nodes[to]!
        this.#held[rival]! += by
        if (this.#held[rival] === 0) this.#unpark(streamSizes.length + rival)
      }
    }
  }
}

function fewestSlots({ streams, uses, amounts }: Stage): number {
  let fewest = Number.POSITIVE_INFINITY
  for (const [task, stream] of streams.entries()) {
    if (stream < 0) continue
    const first = uses.offsets[task]!
    const takesSlots = first < uses.offsets[task + 1]! && uses.nodes[first] === 0
    fewest = Math.min(fewest, takesSlots ? amounts[first]! : 0)
  }
  return fewest
}
