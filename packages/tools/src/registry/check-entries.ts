import { type DocumentPath, type Finding, nearestName, personTool, toolKey } from '@ws/core'
import { builtInAdapter, builtInAdapters } from '../adapters/built-in.ts'
import { doubled, type EntryDraft } from './tool-entry.ts'
import { openAdapters, type ToolEntry } from './tool-entry-defaults.ts'

const severity = 'error'

/** An entry, with its place in the file. */
export interface PlacedEntry {
  readonly entry: ToolEntry
  readonly draft: EntryDraft
  /** As it was written. */
  readonly written: Readonly<Record<string, unknown>>
  readonly at: DocumentPath
  /** Nothing in it was refused by the schema. */
  readonly isWhole: boolean
}

/** What a schema cannot see: names that mean nothing, circles, entries that nobody could start. */
export function* checkEntries(
  placed: readonly PlacedEntry[],
  all: ReadonlyMap<string, ToolEntry>,
): Generator<Finding, void, undefined> {
  const seen = new Set<string>()
  for (const { entry, draft, written, at, isWhole } of placed) {
    const key = toolKey(entry.name)
    if (seen.has(key)) {
      const message = `the tool "${entry.name}" is there twice (names compare without case, and aliases count)`
      yield { code: 'WS_PLAN_DUPLICATE_ID', severity, message, hint: 'keep one of them', at }
    }
    seen.add(key)
    for (const field of doubled(written)) {
      const message = `"${field}" is said in two spellings`
      yield {
        code: 'WS_PLAN_DUPLICATE_KEY',
        severity,
        message,
        hint: 'keep one of them',
        at: [...at, field],
        isKey: true,
      }
    }
    if (isWhole) yield* checkAdapter(entry, draft, at)
    for (const [index, name] of entry.fallback.entries()) {
      if (all.has(toolKey(name)) || toolKey(name) === personTool) continue
      const nearest = nearestName(
        name,
        [...all.values()].map((each) => each.name),
      )
      yield {
        code: 'WS_PLAN_UNKNOWN_TOOL',
        severity,
        message: `there is no tool "${name}"`,
        hint: nearest === undefined ? 'describe it here too' : `did you mean "${nearest}"?`,
        at: [...at, 'fallback', index],
      }
    }
    yield* checkCircle(entry, all, at)
  }
}

function* checkAdapter(
  entry: ToolEntry,
  draft: EntryDraft,
  at: DocumentPath,
): Generator<Finding, void, undefined> {
  const { adapter, name, mode } = entry
  const spec = builtInAdapter(adapter)
  if (spec === undefined && !openAdapters.includes(adapter)) {
    const names = [...builtInAdapters.map(({ tool }) => tool), ...openAdapters]
    const nearest = nearestName(adapter, names)
    const hint = nearest === undefined ? `expected one of ${names.join(', ')}` : `did you mean "${nearest}"?`
    yield {
      code: 'WS_PLAN_VALUE',
      severity,
      message: `there is no adapter "${adapter}"`,
      hint,
      at: [...at, 'adapter'],
    }
    return
  }
  if (adapter === 'generic' && draft.talk === undefined) {
    yield {
      code: 'WS_PLAN_MISSING',
      severity,
      message: `nothing is known of how to talk to "${name}"`,
      hint: 'add "talk" with the framing of its turns, or the adapter of a tool that it is like',
      at,
    }
  }
  if (mode !== undefined && spec !== undefined && !spec.traits.modes.includes(mode)) {
    const modes = spec.traits.modes.join(' or ')
    yield {
      code: 'WS_PLAN_VALUE',
      severity,
      message: `"${adapter}" has no mode "${mode}"`,
      hint: modes === '' ? 'it cannot be started by this program yet' : `expected ${modes}`,
      at: [...at, 'mode'],
    }
  }
}

/** A chain of stand-ins that comes back to where it began. */
function* checkCircle(
  entry: ToolEntry,
  all: ReadonlyMap<string, ToolEntry>,
  at: DocumentPath,
): Generator<Finding, void, undefined> {
  const circle = circleFrom(entry, all)
  if (circle === undefined) return
  yield {
    code: 'WS_PLAN_CYCLE',
    severity,
    message: `the stand-ins of "${entry.name}" form a circle: ${circle.join(' → ')}`,
    hint: 'take one of them out of "fallback"',
    at: [...at, 'fallback'],
  }
}

/** The shortest way from an entry back to itself. */
function circleFrom(entry: ToolEntry, all: ReadonlyMap<string, ToolEntry>): readonly string[] | undefined {
  const home = toolKey(entry.name)
  const line: (readonly string[])[] = [[entry.name]]
  const seen = new Set<string>()
  for (const way of line) {
    for (const name of all.get(toolKey(way.at(-1)!))?.fallback ?? []) {
      const key = toolKey(name)
      if (key === home) return [...way, entry.name]
      if (!seen.has(key)) line.push([...way, all.get(key)?.name ?? name])
      seen.add(key)
    }
  }
  return undefined
}
