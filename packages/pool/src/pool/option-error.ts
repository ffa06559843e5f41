import { nearestName, WsError } from '@ws/core'
import * as z from 'zod'

/** A part of a JSON schema, as far as a sentence about it needs. */
const Part = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  get properties() {
    return z.record(z.string(), Part).optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), Part]).optional()
  },
  get items() {
    return Part.optional()
  },
})
type Part = z.infer<typeof Part>

/** What is wrong with options, and what each of them may be: the whole range, not only the bound that was passed. */
export function optionError(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], given: object): WsError {
  const whole = Part.parse(z.toJSONSchema(schema, { io: 'input' }))
  const problems = issues.flatMap((issue) => {
    const part = partAt(whole, issue.path)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownOption(key, issue.path, Object.keys(part?.properties ?? {})))
    const option = issue.path.join('.')
    return `${option} is ${show(valueAt(given, issue.path))}, expected ${expectation(part)}`
  })
  return new WsError('WS_OPTION_RANGE', [...new Set(problems)].join('; '), {
    details: { options: issues.map((issue) => issue.path.join('.')) },
    hint: 'see the table of options in the README',
  })
}

function unknownOption(key: string, path: readonly PropertyKey[], known: readonly string[]): string {
  const nearest = nearestName(key, known)
  const meant = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
  return `there is no option "${[...path, key].join('.')}"${meant}`
}

function partAt(whole: Part, path: readonly PropertyKey[]): Part | undefined {
  return path.reduce<Part | undefined>((part, key) => {
    const { additionalProperties: others, items, properties } = part ?? {}
    return properties?.[String(key)] ?? items ?? (typeof others === 'object' ? others : undefined)
  }, whole)
}

function valueAt(given: object, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    given,
  )
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}

function expectation(part: Part | undefined): string {
  if (part?.enum !== undefined) return part.enum.map((each) => `"${each}"`).join(' or ')
  switch (part?.type) {
    case 'integer':
      return `a whole number${range(part)}`
    case 'number':
      return `a number${range(part)}`
    case 'string':
      return 'a text, not an empty one'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list of texts'
    default:
      return 'an object'
  }
}

function range({ minimum, exclusiveMinimum, maximum = Infinity }: Part): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`
  return maximum < Number.MAX_SAFE_INTEGER ? ` from ${minimum} to ${maximum}` : ` from ${minimum} up`
}
