import { expect, test } from 'vitest'
import {
  clusterOptionsJsonSchema,
  ClusterOptions,
  clusterStatsJsonSchema,
  instanceStatusJsonSchema,
  PoolOptions,
  poolOptionsJsonSchema,
} from '../../src/index.ts'

test('options and status have JSON schemas', () => {
  for (const schema of [
    poolOptionsJsonSchema(),
    clusterOptionsJsonSchema(),
    instanceStatusJsonSchema(),
    clusterStatsJsonSchema(),
  ])
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' })
  expect(clusterOptionsJsonSchema()).toMatchObject({
    additionalProperties: false,
    properties: { count: { default: 3, minimum: 1, maximum: 1_000 }, routing: { default: 'round-robin' } },
  })
  // Nothing has to be given.
  expect(poolOptionsJsonSchema()).not.toHaveProperty('required')
})

test('defaults are these', () => {
  const { restart: _, ...defaults } = PoolOptions.parse({})
  expect(ClusterOptions.parse({})).toEqual({ ...defaults, restart: 'auto', count: 3, routing: 'round-robin' })
  expect(defaults).toMatchInlineSnapshot(`
    {
      "backoff": {
        "factor": 2,
        "firstMs": 500,
        "longestMs": 30000,
      },
      "breaker": {
        "coolDownMs": 60000,
        "crashes": 5,
      },
      "context": "kept",
      "endOfInputMs": 2000,
      "env": {},
      "execution": "auto",
      "exitGraceMs": 10000,
      "healthEveryMs": 30000,
      "healthTimeoutMs": 10000,
      "idleTimeoutMs": 300000,
      "interruptMs": 5000,
      "maxQueued": 100,
      "permission": "edit",
      "readyTimeoutMs": 30000,
      "recycle": {
        "spare": true,
      },
      "secrets": [],
      "sessionsPerProcess": 4,
      "sharedProcess": false,
      "termMs": 4000,
      "turnTimeoutMs": 1800000,
    }
  `)
})
