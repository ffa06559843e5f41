import { echoTool } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import {
  type ClusterOptionsInput,
  clusterOptionsJsonSchema,
  launchCluster,
  ProcessLimits,
  ToolProcessPool,
} from '../../src/index.ts'

const ms = 'a whole number from 1 to 2147483647'
const msOrNone = 'a whole number from 0 to 2147483647'
const text = 'a text, not an empty one'

/** For each option what it may be, and values that it may not be. */
const refused: Readonly<Record<string, { readonly is: string; readonly values: readonly unknown[] }>> = {
  count: { is: 'a whole number from 1 to 1000', values: [0, -1, 1.5, Number.NaN, Infinity, 1_001] },
  routing: { is: '"round-robin" or "least-busy" or "sticky"', values: ['random', '', 1, null] },
  execution: { is: '"auto" or "pooled" or "one-shot"', values: ['warm'] },
  restart: { is: '"auto" or "manual"', values: [true] },
  permission: { is: '"read" or "ask" or "edit" or "all"', values: ['none'] },
  context: { is: '"kept" or "fresh"', values: ['new'] },
  cwd: { is: text, values: ['', 1] },
  model: { is: text, values: [''] },
  configDir: { is: text, values: ['', []] },
  ledger: { is: text, values: [''] },
  healthPrompt: { is: text, values: [''] },
  settings: { is: 'an object', values: [1, 'x', []] },
  env: { is: 'an object', values: ['A=b'] },
  'env.A': { is: text, values: [1, null] },
  secrets: { is: 'a list of texts', values: ['x'] },
  'secrets.0': { is: text, values: ['', 5] },
  sharedProcess: { is: 'true or false', values: ['yes', 1] },
  sessionsPerProcess: { is: 'a whole number from 1 to 64', values: [0, 65, 2.5] },
  maxQueued: { is: 'a whole number from 1 to 1000000', values: [0, 1_000_001, Infinity] },
  turnTimeoutMs: { is: ms, values: [0, -5, 0.5, Number.NaN, Infinity, 2_147_483_648] },
  idleTimeoutMs: { is: ms, values: [0, '5s'] },
  queueTimeoutMs: { is: ms, values: [0] },
  readyTimeoutMs: { is: ms, values: [0] },
  interruptMs: { is: ms, values: [0] },
  endOfInputMs: { is: ms, values: [0] },
  termMs: { is: ms, values: [0] },
  exitGraceMs: { is: ms, values: [0] },
  healthEveryMs: { is: msOrNone, values: [-1] },
  healthTimeoutMs: { is: ms, values: [0] },
  recycle: { is: 'an object', values: [10] },
  'recycle.turns': { is: 'a whole number from 1 up', values: [0, 1.5] },
  'recycle.ageMs': { is: ms, values: [0] },
  'recycle.memoryMb': { is: 'a number above 0', values: [0, -1] },
  'recycle.spare': { is: 'true or false', values: [1] },
  backoff: { is: 'an object', values: [null] },
  'backoff.firstMs': { is: msOrNone, values: [-1] },
  'backoff.factor': { is: 'a number from 1 to 10', values: [0.9, 10.5, Number.NaN] },
  'backoff.longestMs': { is: msOrNone, values: [-1] },
  breaker: { is: 'an object', values: [3] },
  'breaker.crashes': { is: 'a whole number from 1 up', values: [0] },
  'breaker.coolDownMs': { is: ms, values: [0] },
}

/** `{ a: { b: value } }` for `a.b`. */
function optionsOf(path: string, value: unknown): object {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) return { [first]: value }
  const inner = optionsOf(rest.join('.'), value)
  return { [first]: rest[0] === '0' ? [value] : inner }
}

describe('a wrong option', () => {
  for (const [option, { is, values }] of Object.entries(refused))
    test(`"${option}" is refused with all that it may be`, async () => {
      for (const value of values) {
        const shown =
          typeof value === 'string' ? `"${value}"` : Array.isArray(value) ? 'a list' : String(value)
        await expect(launchCluster(echoTool(), optionsOf(option, value))).rejects.toMatchObject({
          code: 'WS_OPTION_RANGE',
          message: `${option} is ${shown}, expected ${is}`,
          hint: expect.stringMatching(/./),
        })
        if (option.startsWith('count') || option.startsWith('routing')) continue
        expect(() => new ToolProcessPool(echoTool(), 1, optionsOf(option, value))).toThrow(
          `${option} is ${shown}, expected ${is}`,
        )
      }
    })

  test('is known here for every option that there is', () => {
    const schema = clusterOptionsJsonSchema()
    expect(new Set(Object.keys(schema['properties'] as object))).toEqual(
      new Set(Object.keys(refused).map((option) => option.split('.')[0])),
    )
  })

  test('is told with the others, and a name that is misspelt with the one that was meant', async () => {
    const wrong = { cuont: 3, recycle: { truns: 5 }, maxQueued: 0, routing: 'random' }
    const error = await launchCluster(echoTool(), wrong as object).catch((reason: unknown) => reason)
    expect(String(error).split('; ')).toMatchInlineSnapshot(`
      [
        "WsError: maxQueued is 0, expected a whole number from 1 to 1000000",
        "there is no option "recycle.truns" (did you mean "turns"?)",
        "routing is "random", expected "round-robin" or "least-busy" or "sticky"",
        "there is no option "cuont" (did you mean "count"?)",
      ]
    `)
  })

  test('of a prompt is refused as well', async () => {
    const cluster = await launchCluster(echoTool(), { count: 1, healthEveryMs: 0 })
    for (const option of ['timeoutMs', 'idleTimeoutMs', 'queueTimeoutMs'])
      for (const value of [0, -1, 1.5, Number.NaN, Infinity]) {
        const wrong = { code: 'WS_OPTION_RANGE', message: `${option} is ${value}, expected ${ms}` }
        await expect(cluster.prompt('hello', { [option]: value })).rejects.toMatchObject(wrong)
        expect(() => cluster.send('hello', { [option]: value })).toThrow(wrong.message)
      }
    expect((await cluster.prompt('hello', { timeoutMs: 60_000 })).text).toBe('hello')
    expect(cluster.stats()).toMatchObject({ turns: 1, failures: 0, queued: 0 })
    await cluster.close()
  })

  test('of limits is refused as well', () => {
    for (const option of ['maxProcesses', 'maxMemoryMb'])
      for (const value of [0, -1, Number.NaN])
        expect(() => new ProcessLimits({ [option]: value })).toThrow(
          `${option} is ${value}, expected more than 0`,
        )
  })

  test('changes nothing of what was given', async () => {
    const given: ClusterOptionsInput = Object.freeze({ count: 1, recycle: Object.freeze({ turns: 5 }) })
    const cluster = await launchCluster(echoTool(), given)
    await cluster.close()
    expect(given).toEqual({ count: 1, recycle: { turns: 5 } })
  })
})
