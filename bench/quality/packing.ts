import { Random } from '@ws/core/testing'
import type { SimulatedTask } from '@ws/core/testing'
import type { Instance } from './instance.ts'

export interface PackingOptions {
  readonly seed: number
  readonly lanes: number
  readonly tasksPerLane: number
  /** Which hindrances there are besides the lanes. */
  readonly with: readonly ('needs' | 'claims' | 'resources' | 'workstreams')[]
}

/** Large against the tasks, so that cuts hardly ever fall together. */
const makespanMs = 1_000_000

interface Piece {
  readonly at: number
  /** Pieces of one stream follow each other on one lane. */
  readonly stream: string
  readonly startMs: number
  readonly endMs: number
}

/**
 * A schedule first: lanes without a gap, cut into tasks. Then hindrances are added that this schedule respects. No
 * schedule is shorter, since the lanes are full; so the best makespan is known, however large the instance.
 */
export function packing({ seed, lanes, tasksPerLane, with: hindrances }: PackingOptions): Instance {
  const random = new Random(seed)
  const isInStreams = hindrances.includes('workstreams')
  const pieces = cut(random, lanes, tasksPerLane, isInStreams ? 3 : 1)
  const needs = hindrances.includes('needs') ? needsOf(random, pieces) : []
  const claims = hindrances.includes('claims') ? claimsOf(random, pieces) : []
  const resources = hindrances.includes('resources')
    ? { cpu: usesOf(random, pieces, lanes * 2, 4), memoryMb: usesOf(random, pieces, 1_000, 600) }
    : {}
  const tasks = pieces.map(({ at, stream, startMs, endMs }): SimulatedTask => {
    const uses: Record<string, number> = {}
    for (const [name, demands] of Object.entries(resources)) {
      const demand = demands[at] ?? 0
      if (demand > 0) uses[name] = demand
    }
    return {
      id: `t${at}`,
      durationMs: endMs - startMs,
      needs: (needs[at] ?? []).map((need) => `t${need}`),
      claims: claims[at] ?? [],
      uses,
      workstream: stream,
    }
  })
  return {
    name: `packing-${seed}`,
    tasks: shuffled(random, tasks),
    limits: {
      concurrency: lanes,
      ...(hindrances.includes('resources') ? { cpu: lanes * 2, memoryMb: 1_000 } : {}),
    },
    bestMs: makespanMs,
  }
}

/** Pieces in the order of their starts. */
function cut(random: Random, lanes: number, tasksPerLane: number, perStream: number): readonly Piece[] {
  const pieces: Omit<Piece, 'at'>[] = []
  for (let lane = 0; lane < lanes; lane++) {
    const cuts = new Set([0, makespanMs])
    while (cuts.size <= tasksPerLane) cuts.add(1 + random.below(makespanMs - 1))
    const times = [...cuts].sort((a, b) => a - b)
    for (let i = 1; i < times.length; i++) {
      const stream = `w${lane}-${Math.floor((i - 1) / perStream)}`
      pieces.push({ stream, startMs: times[i - 1]!, endMs: times[i]! })
    }
  }
  return pieces
    .sort((a, b) => a.startMs - b.startMs || (a.stream < b.stream ? -1 : 1))
    .map((piece, at) => ({ ...piece, at }))
}

/** Needs among pieces that follow each other, most of them not by much. */
function needsOf(random: Random, pieces: readonly Piece[]): readonly (readonly number[])[] {
  return pieces.map(({ startMs }) =>
    pieces
      .filter(({ endMs }) => endMs <= startMs && startMs - endMs < makespanMs / 5 && random.chance(0.06))
      .map(({ at }) => at),
  )
}

/** Exclusive claims, about two a stream, each held by some eight streams that do not overlap in time. */
function claimsOf(random: Random, pieces: readonly Piece[]): readonly (readonly string[])[] {
  const claims: string[][] = pieces.map(() => [])
  const streams = [...Map.groupBy(pieces, ({ stream }) => stream).values()]
  const paths = Math.ceil(streams.length / 4)
  const share = Math.min(0.25, 8 / streams.length)
  for (let path = 0; path < paths; path++) {
    let freeAt = 0
    for (const stream of streams) {
      const [first, last] = [stream[0]!, stream.at(-1)!]
      if (first.startMs < freeAt || !random.chance(share)) continue
      claims[first.at]!.push(`packages/p${path}/**`)
      freeAt = last.endMs
    }
  }
  return claims
}

/** Demands on a resource that never add up to more than there is. */
function usesOf(random: Random, pieces: readonly Piece[], capacity: number, most: number): readonly number[] {
  const uses = pieces.map(() => 0)
  for (const piece of pieces) {
    if (random.chance(0.4)) continue
    const left = capacity - peakDuring(piece, pieces, uses)
    if (left > 0) uses[piece.at] = 1 + random.below(Math.min(left, most))
  }
  return uses
}

/** The most that is in use at any time while the piece runs: usage rises only where a piece starts. */
function peakDuring(piece: Piece, pieces: readonly Piece[], uses: readonly number[]): number {
  let peak = 0
  for (const { startMs } of pieces) {
    const time = Math.max(startMs, piece.startMs)
    if (time >= piece.endMs) continue
    let used = 0
    for (const other of pieces) if (other.startMs <= time && time < other.endMs) used += uses[other.at]!
    peak = Math.max(peak, used)
  }
  return peak
}

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
