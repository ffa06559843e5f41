import { fileURLToPath } from 'node:url'
import { configJsonSchema } from '@ws/core'
import { expect, test } from 'vitest'
import * as z from 'zod'

const page = fileURLToPath(new URL('../../../../docs/config.md', import.meta.url))

const head = `# The settings of a repository: \`ws.yaml\`

\`ws init\` writes a short one; every setting may be left out. Mistakes are named with their line and column before anything
starts. What a plan says goes before it, but for \`ceilings\`; an option of a command and the variables \`WS_MAX_CONCURRENT\`
and \`WS_BUDGET_USD\` go before both. \`ws config\` shows what holds.

This page is made of the schema by \`packages/cli/test/pages/config-page.test.ts\` (\`vitest -u\` writes it anew).
`

interface Schema {
  readonly type?: string | readonly string[] | undefined
  readonly description?: string | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly additionalProperties?: Schema | boolean | undefined
  readonly anyOf?: readonly Schema[] | undefined
  readonly items?: Schema | undefined
}

const schema: z.ZodType<Schema> = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => schema),
    )
    .optional(),
  additionalProperties: z.union([z.boolean(), z.lazy(() => schema)]).optional(),
  anyOf: z.array(z.lazy(() => schema)).optional(),
  items: z.lazy(() => schema).optional(),
})

/** How deep settings are shown; what is deeper, the schema says. */
const mostLevels = 3

function lines(name: string, setting: Schema, level: number): string[] {
  const says = setting.description === undefined ? '' : `: ${setting.description}`
  const own = `${'  '.repeat(level)}- \`${name}\` (${kindOf(setting)})${says}`
  if (level + 1 >= mostLevels) return [own]
  return [own, ...insideOf(setting).flatMap(([key, inside]) => lines(key, inside, level + 1))]
}

function insideOf({
  properties,
  additionalProperties,
  anyOf,
  items,
}: Schema): readonly (readonly [string, Schema])[] {
  if (properties !== undefined) return Object.entries(properties)
  if (typeof additionalProperties === 'object') return insideOf(additionalProperties)
  if (items !== undefined) return insideOf(items)
  return anyOf?.map(insideOf).find((inside) => inside.length > 0) ?? []
}

function kindOf({ type, enum: words, const: only, anyOf, items, additionalProperties }: Schema): string {
  if (words !== undefined) return words.map(String).join(', ')
  if (only !== undefined) return JSON.stringify(only)
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ')
  if (type === 'array') return items === undefined ? 'list' : `list of ${kindOf(items)}`
  if (type === 'object') return typeof additionalProperties === 'object' ? 'by name' : 'settings'
  return type === undefined ? 'anything' : [type].flat().join(' or ')
}

test('docs/config.md shows every setting of the schema', async () => {
  const { properties = {} } = schema.parse(configJsonSchema())
  const sections = Object.entries(properties).map(([name, setting]) => lines(name, setting, 0).join('\n'))
  expect(Object.keys(properties)).toContain('checks')
  await expect(`${head}\n${sections.join('\n')}\n`).toMatchFileSnapshot(page)
})
