import { expect, it } from 'vitest'
import { sampleJson } from '../../src/mock-model/sample-json.ts'

it.each([
  [{ enum: ['flash', 'pro'] }, 'flash'],
  [{ const: 3 }, 3],
  [{ type: 'STRING' }, 'mock'],
  [{ type: ['integer', 'null'], minimum: 2 }, 2],
  [{ type: 'boolean' }, false],
  [{ type: 'array', items: { type: 'string' } }, []],
  [{ type: 'null' }, null],
  [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, 0],
  [
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'object', properties: {} }, c: {} },
      required: ['a', 'b'],
    },
    { a: 'mock', b: {} },
  ],
  [undefined, {}],
])('has the plainest value for %j', (schema, value) => {
  expect(sampleJson(schema)).toEqual(value)
})
