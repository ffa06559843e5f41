import * as z from 'zod'

const aliases = new Map([
  ['tests', 'testing'],
  ['docs', 'documentation'],
])

/** The one spelling of a capability: without case, `tests` is `testing`, `docs` is `documentation`. */
export function canonicalCapability(name: string): string {
  const lower = name.toLowerCase()
  return aliases.get(lower) ?? lower
}

/** Something that a tool can do and a task may ask for; in its one spelling once parsed. */
export const Capability = z
  .string()
  .min(1, { error: 'expected a capability such as testing' })
  .transform(canonicalCapability)
