import * as z from 'zod'
import { Config } from './config.ts'
import { Plan } from './plan.ts'

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The plan format for editors: what people write, `10m` and all. */
export function planJsonSchema(): JsonSchema {
  return jsonSchemaOf(Plan)
}

/** The format of `ws.yaml` for editors. */
export function configJsonSchema(): JsonSchema {
  return jsonSchemaOf(Config)
}

const made = new WeakMap<z.ZodType, JsonSchema>()

/** The shape that goes in. Each call but the first is a look-up; the result is shared, so it must not be changed. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  let known = made.get(schema)
  if (known === undefined) {
    known = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
    made.set(schema, known)
  }
  return known
}
