import { asObject, asText, type Json } from './json.ts'

/** The plainest value that a JSON Schema allows: the first word of a choice, nothing that is not required. */
export function sampleJson(schema: unknown): unknown {
  const rules = asObject(schema)
  if ('const' in rules) return rules['const']
  const choices = rules['enum'] ?? rules['anyOf'] ?? rules['oneOf']
  if (Array.isArray(choices) && choices.length > 0)
    return 'enum' in rules ? choices[0] : sampleJson(choices[0])
  const type: unknown = Array.isArray(rules['type']) ? rules['type'][0] : rules['type']
  // One provider writes the names of types in capitals.
  switch (asText(type).toLowerCase()) {
    case 'string':
      return 'mock'
    case 'number':
    case 'integer':
      return rules['minimum'] ?? 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'null':
      return null
    default:
      return sampleObject(rules)
  }
}

/** The required fields of an object. */
export function sampleObject(schema: Json): Json {
  const properties = asObject(schema['properties'])
  const required = Array.isArray(schema['required']) ? schema['required'].map(asText) : []
  return Object.fromEntries(required.map((name) => [name, sampleJson(properties[name])]))
}
