import { expect, test } from 'vitest'
import { z } from 'zod'
import { planJsonSchema } from '../../src/plan/json-schema.ts'
import { planToInput } from '../../src/plan/plan-to-yaml.ts'
import { planOf, readSample, samples } from './sample-plans.ts'

test('the schema is draft 2020-12 and describes what people write', () => {
  const schema = planJsonSchema()
  expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(schema['required']).toEqual(['workstreams'])
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: {
      workstreams: {
        items: {
          properties: {
            tasks: { items: { properties: { timeout: { type: 'string' }, prompt: { type: 'string' } } } },
          },
        },
      },
    },
  })
})

test('every setting of a plan, a workstream and a task says what it is for', () => {
  const plan = Object(planJsonSchema()['properties'])
  const workstream = plan.workstreams.items.properties
  const undescribed = [plan, workstream, workstream.tasks.items.properties].flatMap((properties) =>
    Object.keys(properties).filter((name) => typeof properties[name].description !== 'string'),
  )
  expect(undescribed).toEqual([])
})

test.each(samples)('what %s compiles to is valid by the schema', async (name) => {
  const schema = z.fromJSONSchema(planJsonSchema())
  const input = planToInput(await planOf(readSample(name)))
  expect(schema.safeParse(input)).toMatchObject({ success: true })
  expect(schema.safeParse({ ...input, surplus: 1 })).toMatchObject({ success: false })
})
