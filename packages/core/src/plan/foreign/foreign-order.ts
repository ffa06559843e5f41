import type { DocumentPath } from '../problem/plan-problem.ts'
import { asList, isMap, type Origins } from './foreign-part.ts'

/**
 * The steps of an `execution_order`: a list of `{ parallel: […] }` and `{ sequential: […] }`, or a map whose keys
 * begin with one of these words.
 */
export function foreignOrder(
  value: unknown,
  from: DocumentPath,
  origins: Origins,
  resolve: (name: string) => string,
): unknown {
  if (value === undefined || value === null) return undefined
  origins.set(JSON.stringify(['order']), from)
  const entries: [unknown, DocumentPath][] = []
  if (isMap(value))
    for (const [key, members] of Object.entries(value)) entries.push([{ [key]: members }, from])
  else if (Array.isArray(value))
    for (const [index, step] of value.entries()) entries.push([step, [...from, index]])
  else return value
  return entries.map(([step, place], index) => {
    const [entry, ...others] = isMap(step) ? Object.entries(step) : []
    const kind = entry === undefined || others.length > 0 ? undefined : kindOf(entry[0])
    origins.set(JSON.stringify(['order', index]), place)
    if (entry === undefined || kind === undefined) return step
    origins.set(JSON.stringify(['order', index, kind]), [...place, entry[0]])
    return { [kind]: asList(entry[1])?.map((name) => (typeof name === 'string' ? resolve(name) : name)) }
  })
}

function kindOf(key: string): 'parallel' | 'sequential' | undefined {
  const word = key.toLowerCase()
  if (word.startsWith('parallel')) return 'parallel'
  return word.startsWith('sequential') ? 'sequential' : undefined
}
