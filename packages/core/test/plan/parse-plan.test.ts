import { expect, test } from 'vitest'
import { checkPlan, compilePlan, parsePlan } from '../../src/plan/parse-plan.ts'
import { planOf, saidAbout } from './sample-plans.ts'

const task = '{ id: t, tool: claude, prompt: Do it }'

test('YAML, JSON and JSON with comments give the same plan', async () => {
  const yaml = 'workstreams:\n  - { id: a, claims: [x], tasks: [{ id: t, run: make }] }\n'
  const json = '{ "workstreams": [{ "id": "a", "claims": ["x"], "tasks": [{ "id": "t", "run": "make" }] }] }'
  const plan = await planOf(yaml)
  expect(await planOf(json)).toEqual(plan)
  expect(await planOf(`// a comment\n${json.replace('}', ', // here too\n}')}`)).toEqual(plan)
  expect(await planOf(json, { file: 'plan.yaml' })).toEqual(plan)
  expect(await planOf(json, { file: 'plan.txt', format: 'json' })).toEqual(plan)
  expect(await planOf('{ workstreams: [{ id: a, claims: [x], tasks: [{ id: t, run: make }] }] }')).toEqual(
    plan,
  )
})

test('what was parsed is parsed again to the same', async () => {
  const plan = await planOf(`
checks: { lint: { run: make lint, timeout: 2m } }
defaults: { timeout: 10m, backoff: { base: 2s, max: 1m }, env: { PORT: 3000 } }
guardrails: { forbidPaths: [infra/**], maxFiles: 40, secrets: true, commands: [{ run: ./scan, timeout: 10s, then: fail }] }
setup: npm ci
workstreams:
  - id: a
    priority: high
    claims: [src/**, { path: docs/**, mode: shared, exclude: [docs/api/**] }]
    tasks: [{ id: t, tool: Claude-CLI, prompt: Do it, timeout: 90s, capabilities: [Tests] }]
`)
  expect(plan).toMatchObject({
    checks: { lint: { run: 'make lint', timeoutMs: 120_000 } },
    defaults: { timeoutMs: 600_000, backoff: { baseMs: 2_000, maxMs: 60_000 }, env: { PORT: '3000' } },
    setup: ['npm ci'],
    workstreams: [{ priority: 1, tasks: [{ tool: 'claude', timeoutMs: 90_000, capabilities: ['testing'] }] }],
  })
  const again = await compilePlan(plan)
  expect(again.ok && again.plan).toEqual(plan)
})

test('problems of form and of meaning are named together, in the order of the text', async () => {
  const text = `base: "a b"
budget: { usd: 1, stopAt: 95 }
concurrency: 0
workstreams:
  - id: a
    claims: ["../x"]
    tasks:
      - { id: t, tool: nobody, prompt: Do it, needs: [u], timeout: 5, estimate: { usd: 2 } }
      - { id: u v, prompt: Do it, needs: [a, t2], retries: -1, env: { "1": x } }
      - 7
  - { id: a, needs: [b], tasks: [] }
order: [{ parallel: [c] }, { serial: [a] }]
extra: 1
`
  expect(await saidAbout(text)).toMatchInlineSnapshot(`
    [
      "VALUE base :1",
      "OVER_BUDGET budget.usd :2",
      "VALUE budget.stopAt :2",
      "VALUE concurrency :3",
      "BAD_GLOB workstreams[0].claims[0] :6",
      "UNKNOWN_TOOL workstreams[0].tasks[0].tool :8",
      "UNKNOWN_NEED workstreams[0].tasks[0].needs[0] :8",
      "VALUE workstreams[0].tasks[0].timeout :8",
      "VALUE workstreams[0].tasks[1].id :9",
      "UNKNOWN_NEED workstreams[0].tasks[1].needs[0] :9",
      "UNKNOWN_NEED workstreams[0].tasks[1].needs[1] :9",
      "VALUE workstreams[0].tasks[1].retries :9",
      "VALUE workstreams[0].tasks[1].env["1"] :9",
      "VALUE workstreams[0].tasks[2] :10",
      "DUPLICATE_ID workstreams[1].id :11",
      "UNKNOWN_NEED workstreams[1].needs[0] :11",
      "VALUE workstreams[1].tasks :11",
      "ORDER order[0].parallel[0] :12",
      "VALUE order[1] :12",
      "UNKNOWN_KEY extra :13",
    ]
  `)
})

test('a duration is said once, in one of its forms', async () => {
  const said = await saidAbout(
    'workstreams: [{ id: a, claims: [], tasks: [{ id: t, run: x, timeout: 1m, timeoutMs: 60000 }] }]',
  )
  expect(said).toEqual(['VALUE workstreams[0].tasks[0].timeoutMs :1'])
})

test('an empty document, or one that is no map, is no plan', async () => {
  for (const text of ['', '# nothing', '[]', '"plan"', '3']) {
    const result = await parsePlan(text)
    expect(result.ok ? [] : result.problems.map(({ code }) => code), text).toEqual(['WS_PLAN_VALUE'])
  }
  expect(await saidAbout('{}')).toEqual(['MISSING workstreams :1'])
})

test('a syntax error is the only thing that is said, and has its place', async () => {
  const result = await parsePlan('workstreams:\n\t- id: a\n', { file: 'p.yaml' })
  expect(result.ok ? [] : result.problems).toMatchObject([
    { code: 'WS_PLAN_SYNTAX', file: 'p.yaml', line: 2, column: 1, path: '' },
  ])
})

test('lines end as they do on any platform', async () => {
  const text = `workstreams:\n  - id: a\n    claims: []\n    tasks: [${task}, ${task}]\n`
  const ends = ['\n', '\r\n'].map((end) => saidAbout(text.replaceAll('\n', end)))
  expect(await Promise.all(ends)).toEqual([
    ['DUPLICATE_ID workstreams[0].tasks[1].id :4'],
    ['DUPLICATE_ID workstreams[0].tasks[1].id :4'],
  ])
})

test('a plan made in code is checked without a place in any text', () => {
  const { problems, warnings } = checkPlan({
    workstreams: [{ id: 'a', tasks: [{ id: 't', prompt: 'Do it', needs: ['u'] }] }],
  })
  expect(problems).toMatchObject([{ code: 'WS_PLAN_UNKNOWN_NEED', path: 'workstreams[0].tasks[0].needs[0]' }])
  expect(problems[0]).not.toHaveProperty('line')
  expect(warnings.map(({ code }) => code)).toEqual(['WS_PLAN_CLAIMS_MISSING'])
})

test('a plan that only has warnings is a plan', async () => {
  const result = await parsePlan('workstreams: [{ id: a, tasks: [{ id: t, run: x }] }]')
  expect(result.ok).toBe(true)
  expect(result.warnings.map(({ severity }) => severity)).toEqual(['warning'])
})

test('each of several things that are to be said about one place is said', async () => {
  const streams = ['a', 'b', 'c'].map(
    (id) => `  - { id: ${id}, claims: [x], tasks: [{ id: ${id}1, run: make }] }`,
  )
  const said = await saidAbout(`workstreams:\n${streams.join('\n')}\n`)
  expect(said).toEqual([
    'CLAIM_CONFLICT workstreams[1].claims[0] :3',
    'CLAIM_CONFLICT workstreams[2].claims[0] :4',
    'CLAIM_CONFLICT workstreams[2].claims[0] :4',
  ])
})
