import type { DocumentPath } from '../problem/plan-problem.ts'
import { compileDagPlan } from './compile-dag-plan.ts'
import { compilePhasePlan } from './compile-phase-plan.ts'
import { compileStreams } from './compile-streams.ts'
import { isMap, type Origins } from './foreign-part.ts'

/** The formats that plans are read in. */
export type PlanFormat = 'plan' | 'dag-plan' | 'streams' | 'phase-plan'

/** A document as a canonical plan, not checked yet. */
interface CompiledDocument {
  readonly format: PlanFormat
  readonly value: unknown
  /** The place in the document that a place in the plan was read from. */
  readonly originOf: (path: DocumentPath) => DocumentPath
}

const compilers = { 'dag-plan': compileDagPlan, streams: compileStreams, 'phase-plan': compilePhasePlan }

/** Recognises the format by its shape, and puts it into the canonical one. */
export function compileForeign(value: unknown): CompiledDocument {
  const format = formatOf(value)
  if (format === 'plan' || !isMap(value)) return { format, value, originOf: (path) => path }
  const origins: Origins = new Map()
  const compiled = compilers[format](value, origins)
  return { format, value: compiled, originOf: (path) => originOf(path, origins) }
}

function formatOf(value: unknown): PlanFormat {
  if (!isMap(value)) return 'plan'
  if ('nodes' in value && !('workstreams' in value)) return 'dag-plan'
  if ('streams' in value && !('workstreams' in value)) return 'streams'
  if (!('workstreams' in value)) return 'plan'
  if ('run_id' in value || 'globals' in value) return 'phase-plan'
  return !('version' in value) && mentionsDependencies(value['workstreams']) ? 'phase-plan' : 'plan'
}

/** A canonical plan says `needs`. */
function mentionsDependencies(workstreams: unknown): boolean {
  const parts: unknown[] = Array.isArray(workstreams) ? workstreams : []
  return parts.some(
    (part) =>
      isMap(part) && ('dependencies' in part || 'gap_ids' in part || mentionsDependencies(part['tasks'])),
  )
}

/** By the longest beginning of the path that was read from somewhere; what follows it has kept its names. */
function originOf(path: DocumentPath, origins: Origins): DocumentPath {
  for (let length = path.length; length >= 0; length--) {
    const from = origins.get(JSON.stringify(path.slice(0, length)))
    if (from !== undefined) return [...from, ...path.slice(length)]
  }
  return path
}
