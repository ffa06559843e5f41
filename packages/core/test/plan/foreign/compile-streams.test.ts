import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse-plan.ts'
import { planOf, saidAbout } from '../sample-plans.ts'

const streams = `streams:
  stream-a: { name: First, owner: Claude, scope: "a/**", phases: [one, two] }
  B: { owner: Codex, scope: ["b/**"], phases: [one], dependencies: [A], priority: 5 }
  C: { owner: Dora, scope: [], phases: [three] }
phases:
  one: { prompt: Do the first, timeout: 10m }
  three: { run: make three }
`

test('a stream is a workstream, its phases follow each other, its scope is its exclusive claim', async () => {
  const { workstreams } = await planOf(streams)
  expect(
    workstreams.map(({ id, claims, priority }) => [
      id,
      claims?.map(({ path, mode }) => `${mode} ${path}`),
      priority,
    ]),
  ).toEqual([
    ['stream-a', ['exclusive a/**'], undefined],
    ['B', ['exclusive b/**'], 3],
    ['C', [], undefined],
  ])
  expect(workstreams[0]?.tasks.map(({ id, needs, phase }) => [id, needs, phase])).toEqual([
    ['stream-a-one', [], 'one'],
    ['stream-a-two', ['stream-a-one'], 'two'],
  ])
})

test('a stream is named in any case, with or without its prefix', async () => {
  const plan = await planOf(
    `${streams}execution_order:\n  - parallel: [A, STREAM-B]\n  - sequential: [stream-c]\n`,
  )
  expect(plan.workstreams[1]?.needs).toEqual(['stream-a'])
  expect(plan.order).toEqual([{ parallel: ['stream-a', 'B'] }, { sequential: ['C'] }])
})

test('the order may be a map whose keys begin with parallel or sequential', async () => {
  const plan = await planOf(`${streams}execution_order:\n  parallel_first: [A, B]\n  sequential_then: C\n`)
  expect(plan.order).toEqual([{ parallel: ['stream-a', 'B'] }, { sequential: ['C'] }])
})

test('stream-complete verifies what has landed of all streams', async () => {
  const plan = await planOf(
    `${streams}execution_order:\n  - parallel: [A, B]\n  - sequential: [stream-complete]\n`,
  )
  expect(plan.workstreams.at(-1)).toMatchObject({
    id: 'stream-complete',
    baseOn: 'target',
    claims: [],
    needs: ['stream-a', 'B', 'C'],
    tasks: [{ role: 'verify' }],
  })
})

test('a phase without a definition is a prompt of its name, its stream and its scope', async () => {
  const plan = await planOf(streams)
  expect(plan.workstreams[0]?.tasks[1]?.prompt).toBe(
    'Carry out the phase "two" of "First". Change nothing outside a/**.',
  )
})

test('a definition is a prompt with settings, or a command', async () => {
  const plan = await planOf(streams)
  expect(plan.workstreams[0]?.tasks[0]).toMatchObject({ prompt: 'Do the first', timeoutMs: 600_000 })
  expect(plan.workstreams[2]?.tasks[0]).toMatchObject({ run: 'make three' })
})

test('settings of the plan may stand beside the streams', async () => {
  const plan = await planOf(
    `${streams}concurrency: 2\nbudget: { usd: 3 }\nchecks: { lint: { run: make lint } }\n`,
  )
  expect(plan).toMatchObject({ concurrency: 2, budget: { usd: 3 }, checks: { lint: { run: 'make lint' } } })
})

test('mistakes are named where they were written', async () => {
  const text = `streams:
  A: { owner: Claude, scope: "../a", phases: [one], dependencies: [D] }
  B: { scope: "b/**" }
phases:
  one: { prompt: x, timeout: 5 }
execution_order:
  - parallel: [A, Z]
  - serial: [B]
`
  expect(await saidAbout(text)).toMatchInlineSnapshot(`
    [
      "BAD_GLOB streams.A.scope[0] :2",
      "UNKNOWN_NEED streams.A.dependencies[0] :2",
      "VALUE streams.B.phases :3",
      "VALUE phases.one.timeout :5",
      "ORDER execution_order[0].parallel[1] :7",
      "VALUE execution_order[1] :8",
    ]
  `)
  const result = await parsePlan(text)
  expect(result.ok).toBe(false)
})

test('a definition may be just the prompt', async () => {
  const { workstreams } = await planOf(`
streams: { A: { tool: aider, phases: [one, build] } }
phases: { one: Do the first, build: { run: make }, stream-complete: Look at it all }
execution_order: [{ sequential: [A, stream-complete] }]
`)
  expect(workstreams.flatMap(({ tasks }) => tasks.map(({ id, prompt, tool }) => [id, prompt, tool]))).toEqual(
    [
      ['A-one', 'Do the first', 'aider'],
      ['A-build', undefined, undefined],
      ['stream-complete', 'Look at it all', undefined],
    ],
  )
})

test('a phase without definition or scope is limited to nothing', async () => {
  const { workstreams } = await planOf('streams: { A: { tool: aider, phases: [one] } }')
  expect(workstreams[0]?.tasks[0]?.prompt).toBe('Carry out the phase "one" of "A".')
})

test('what is neither a map nor a name is named as it stands', async () => {
  const text = `streams:
  A: 3
  B: { scope: "b/**", phases: [4], dependencies: [5] }
execution_order:
  - parallel: [6]
  - A
  - { parallel: [A], sequential: [B] }
`
  expect(await saidAbout(text)).toMatchInlineSnapshot(`
    [
      "VALUE streams[0] :1",
      "VALUE streams.B.phases[0] :3",
      "VALUE streams.B.dependencies[0] :3",
      "UNKNOWN_NEED streams.B.dependencies[0] :3",
      "VALUE execution_order[0].parallel[0] :5",
      "VALUE execution_order[1] :6",
      "VALUE execution_order[2] :7",
    ]
  `)
  expect(await saidAbout('streams: { B: { phases: [one] } }\nexecution_order: 7\n')).toMatchInlineSnapshot(`
    [
      "VALUE execution_order :2",
      "CLAIMS_MISSING streams.B :1",
    ]
  `)
})
