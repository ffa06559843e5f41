import type { Claim } from '../../claims/claim.ts'
import { ClaimIndex } from '../../claims/claim-index.ts'
import { CompactGraph } from '../../graph/compact-graph.ts'
import type { Adjacency } from '../../graph/compact-graph.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from '../run-spec.ts'
import type { Stage } from './stage.ts'

/** What a rehearsal is told besides the plan. */
export interface StageOptions {
  /** How long each task is expected to take, in the plan's order. */
  readonly durations: readonly number[]
  /** How many others want what each workstream claims, in the plan's order. */
  readonly contention: readonly number[]
  /** How much there is of each resource; what is not named is unlimited. */
  readonly capacities: Readonly<Record<string, number>>
  readonly ignoreCase: boolean
}

/**
 * Pairs of distinct claims that are compared. Hundreds of workstreams with claims of their own in each other's way
 * come to less; where each may meet each of thousands, comparing would take longer than all the rest.
 */
const mostPairs = 10_000

/** The stage for a plan, or `undefined` where its claims are too entangled to be looked at. */
export function stageOf(
  { tasks, workstreams }: Pick<RunSpec, 'tasks' | 'workstreams'>,
  options: StageOptions,
): Stage | undefined {
  const held = claimsOf(workstreams, options.ignoreCase)
  if (held === undefined) return undefined
  const streamNumbers = new Map(workstreams.map(({ id }, at) => [id, at]))
  const streams = tasks.map(({ workstream }) => streamNumbers.get(workstream)!)
  const streamSizes = new Int32Array(workstreams.length)
  for (const stream of streams) streamSizes[stream]!++
  const needs = needsOf(tasks, streams, streamNumbers)
  const zeros = Array.from({ length: needs.length - tasks.length }, () => 0)
  const levels = tasks.map(({ priority }, at) => priority ?? workstreams[streams[at]!]!.priority)
  return {
    size: needs.length,
    graph: CompactGraph.fromNeeds(needs),
    durations: Float64Array.from([...options.durations, ...zeros]),
    levels: Float64Array.from([...levels, ...zeros]),
    contention: Float64Array.from([...streams.map((stream) => options.contention[stream]!), ...zeros]),
    streams: Int32Array.from([...streams, ...zeros.map(() => -1)]),
    streamSizes,
    ...held,
    ...usesOf(tasks, zeros.length, options.capacities),
  }
}

/** By position; whoever waits for a landing needs a gate, which needs all of that workstream. */
function needsOf(
  tasks: readonly TaskSpec[],
  streams: readonly number[],
  streamNumbers: ReadonlyMap<string, number>,
): readonly (readonly number[])[] {
  const places = new Map(tasks.map(({ id }, at) => [id, at]))
  const gates = new Map<number, number>()
  const gateOf = (id: string): number => {
    const stream = streamNumbers.get(id)!
    const gate = gates.get(stream) ?? tasks.length + gates.size
    gates.set(stream, gate)
    return gate
  }
  const needs = tasks.map((task) => [
    ...task.needs.map((id) => places.get(id)!),
    ...task.needsLanded.map(gateOf),
  ])
  for (const stream of gates.keys()) needs.push([...streams.keys()].filter((at) => streams[at] === stream))
  return needs
}

function claimsOf(
  workstreams: readonly WorkstreamSpec[],
  ignoreCase: boolean,
): Pick<Stage, 'claims' | 'rivals'> | undefined {
  const numbers = new Map<string, number>()
  const index = new ClaimIndex<number>({ ignoreCase })
  const rivals: number[][] = []
  let pairs = 0
  const numberOf = (claim: Claim): number => {
    const key = JSON.stringify(claim)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = rivals.length
    numbers.set(key, number)
    const own: number[] = claim.mode === 'exclusive' ? [number] : []
    rivals.push(own)
    for (const { owner } of index.conflicts([claim], () => ++pairs > mostPairs)) {
      own.push(owner)
      rivals[owner]!.push(number)
    }
    index.add(number, [claim])
    return number
  }
  const claims: (readonly number[])[] = []
  for (const workstream of workstreams) {
    claims.push([...new Set(workstream.claims.map(numberOf))])
    if (pairs > mostPairs) return undefined
  }
  return { claims: lists(claims), rivals: lists(rivals) }
}

function usesOf(
  tasks: readonly TaskSpec[],
  gates: number,
  capacities: Readonly<Record<string, number>>,
): Pick<Stage, 'uses' | 'amounts' | 'capacities'> {
  const names = ['slots', ...Object.keys(capacities).filter((name) => name !== 'slots')]
  const amounts: number[] = []
  const uses: number[][] = tasks.map((task) =>
    names.flatMap((name, resource) => {
      const amount = demandOf(task, name)
      if (amount === 0) return []
      amounts.push(amount)
      return [resource]
    }),
  )
  for (let gate = 0; gate < gates; gate++) uses.push([])
  return {
    uses: lists(uses),
    amounts: Float64Array.from(amounts),
    capacities: Float64Array.from(names, (name) => capacities[name] ?? Number.POSITIVE_INFINITY),
  }
}

/** As the machine counts, with the tool that the task would rather have. */
function demandOf({ kind, uses, tools }: TaskSpec, name: string): number {
  if (kind === 'person') return 0
  const demand = uses[name] ?? (name === 'slots' ? 1 : 0)
  const choice = tools[0]
  return choice !== undefined && (choice.tool === name || choice.account === name) ? demand + 1 : demand
}

/** Lists of numbers, one after another. */
function lists(of: readonly (readonly number[])[]): Adjacency {
  const offsets = new Int32Array(of.length + 1)
  for (const [at, list] of of.entries()) offsets[at + 1] = offsets[at]! + list.length
  return { offsets, nodes: Int32Array.from(of.flat()) }
}
