import {
  canonicalTool,
  describeIssues,
  type Finding,
  locateFindings,
  type PlanProblem,
  readSource,
  toolKey,
} from '@ws/core'
import * as z from 'zod'
import { isJsonObject, type JsonObject } from '../wire/read-lines.ts'
import { checkEntries, type PlacedEntry } from './check-entries.ts'
import { draftOf, NamedToolEntry, RegistryFile, ToolEntryFields } from './tool-entry.ts'
import { completeEntry, type ToolEntry } from './tool-entry-defaults.ts'
import { ToolRegistry } from './tool-registry.ts'

/** What a registry file is read with. */
export interface ParseRegistryOptions {
  /** Its name, for problems. */
  readonly file?: string
}

/** The tools that are known, or all that is wrong with the file. */
export type RegistryResult =
  | { readonly ok: true; readonly registry: ToolRegistry }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

/**
 * Reads `tools.yaml` (or JSON): the tools that it describes, over those that are built in. Every problem is named at
 * once, with its place.
 *
 * @example
 * const result = await parseRegistry(text, { file: 'tools.yaml' })
 * if (!result.ok) console.error(formatProblems(result.problems, { text }))
 */
export async function parseRegistry(
  text: string,
  { file }: ParseRegistryOptions = {},
): Promise<RegistryResult> {
  const source = await readSource(text, { file })
  const findings = source.problems.map((problem): Finding => ({ ...problem, severity: 'error' }))
  const parsed = RegistryFile.safeParse(source.value)
  if (!parsed.success && source.value !== undefined) {
    findings.push(...describeIssues(RegistryFile, parsed.error.issues, source.value))
  }
  const placed = placedEntries(source.value)
  const registry = new ToolRegistry(placed.map(({ entry }) => entry))
  findings.push(
    ...checkEntries(placed, new Map(registry.entries.map((entry) => [toolKey(entry.name), entry]))),
  )
  const problems = locateFindings(findings, { file, text, source })
  return problems.length === 0 ? { ok: true, registry } : { ok: false, problems }
}

/** The JSON Schema of `tools.yaml`, for editors. */
export function registryJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(RegistryFile, { target: 'draft-2020-12', io: 'input' })
}

/** The entries as far as they can be understood: a mistake in one does not hide others, not even its own. */
function placedEntries(value: unknown): PlacedEntry[] {
  const tools = isJsonObject(value) ? value['tools'] : undefined
  if (Array.isArray(tools)) {
    return tools.filter(isJsonObject).flatMap((written: JsonObject) => {
      const at = ['tools', tools.indexOf(written)]
      const { data } = NamedToolEntry.safeParse(written)
      if (data === undefined) return outline(written['name'], written, at)
      const { name, ...fields } = data
      return [place(name, fields, written, at)]
    })
  }
  if (!isJsonObject(tools)) return []
  return Object.entries(tools).flatMap(([name, written]) => {
    const { data } = ToolEntryFields.safeParse(written)
    if (!isJsonObject(written)) return []
    const at = ['tools', name]
    return data === undefined ? outline(name, written, at) : [place(name, data, written, at)]
  })
}

function place(
  name: string,
  fields: z.output<typeof ToolEntryFields>,
  written: JsonObject,
  at: readonly (string | number)[],
): PlacedEntry {
  const draft = draftOf(name, fields)
  const entry: ToolEntry = completeEntry(draft)
  return { entry, draft, written, at, isWhole: true }
}

/** The name and the stand-ins of an entry that is wrong in something else. */
function outline(name: unknown, written: JsonObject, at: readonly (string | number)[]): PlacedEntry[] {
  if (typeof name !== 'string' || name === '') return []
  const stated = written['fallback']
  const fallback = Array.isArray(stated) ? stated.filter((each) => typeof each === 'string') : []
  return [{ ...place(name, { fallback: fallback.map(canonicalTool) }, written, at), isWhole: false }]
}
