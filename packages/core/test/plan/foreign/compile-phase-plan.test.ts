import { expect, test } from 'vitest'
import { planOf, readSample, saidAbout } from '../sample-plans.ts'

test('the id of the run, the concurrency and the metadata come along', async () => {
  const plan = await planOf(readSample('phase-plan.jsonc'))
  expect(plan).toMatchObject({
    runId: '01K6ZC3T9V0Q1W2E3R4T5Y6S7J',
    concurrency: 3,
    metadata: { phase: 'PH-02', agents: ['aider', 'codex', 'claude'], repoRoot: 'C:\\path\\to\\repo' },
  })
  expect(plan.workstreams[0]?.metadata).toEqual({ gapIds: ['GAP-7'] })
})

test('dependencies tell it from a canonical plan where nothing else does', async () => {
  const plan = await planOf(
    '{ "workstreams": [{ "id": "a", "tasks": [{ "id": "x", "run": "true" }, { "id": "y", "run": "true", "dependencies": ["x"] }] }] }',
  )
  expect(plan.workstreams[0]?.tasks[1]?.needs).toEqual(['x'])
})

test('a run id that is not safe is refused', async () => {
  expect(
    await saidAbout(
      '{ "run_id": "../x", "workstreams": [{ "id": "a", "tasks": [{ "id": "x", "run": "true", "files": ["a"] }] }] }',
    ),
  ).toEqual(['VALUE run_id :1'])
})

test('mistakes are named where they were written', async () => {
  const text = `{ "run_id": "r", "workstreams": [
    { "id": "a", "tasks": [ { "id": "x", "tool": "codex", "prompt": "p", "dependencies": ["nope"] } ] },
    { "id": "b", "tasks": {} }
  ], "globals": { "max_concurrency": "3" } }`
  expect(await saidAbout(text)).toMatchInlineSnapshot(`
    [
      "UNKNOWN_NEED workstreams[0].tasks[0].dependencies[0] :2",
      "VALUE workstreams[1].tasks :3",
      "VALUE globals.max_concurrency :4",
      "CLAIMS_MISSING workstreams[0] :2",
    ]
  `)
})

test('what is no map, and no list of patterns, is named as it stands', async () => {
  const text = `{ "run_id": "r", "workstreams": [
    7,
    { "id": "a", "path_claims": [3, { "path": 4 }, { "path": "a\\\\b" }], "tasks": [
      "t",
      { "id": "x", "run": "true", "files": "a\\\\b" }
    ] }
  ] }`
  expect(await saidAbout(text)).toMatchInlineSnapshot(`
    [
      "VALUE workstreams[0] :2",
      "VALUE workstreams[1].path_claims[0] :3",
      "VALUE workstreams[1].path_claims[1].path :3",
      "VALUE workstreams[1].tasks[0] :4",
      "VALUE workstreams[1].tasks[1].files :5",
    ]
  `)
  expect(await saidAbout('{ "run_id": "r", "workstreams": null }')).toMatchInlineSnapshot(`
    [
      "VALUE workstreams :1",
    ]
  `)
})
