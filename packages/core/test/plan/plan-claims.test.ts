import { expect, test } from 'vitest'
import { PlanOutline } from '../../src/plan/outline.ts'
import { claimsOf, covers } from '../../src/plan/plan-claims.ts'
import { Workstream, type WorkstreamInput } from '../../src/plan/workstream.ts'

function claims(input: Omit<WorkstreamInput, 'id'>): string {
  const { claims: found } = claimsOf(Workstream.parse({ id: 'w', ...input }))
  return found.map(({ path, mode }) => `${mode === 'shared' ? 'shared ' : ''}${path}`).join(', ')
}

const prompt = 'Do it'

test('what a workstream claims is what it holds', () => {
  expect(
    claims({ claims: ['src/**', { path: 'docs/**', mode: 'shared' }], tasks: [{ id: 't', prompt }] }),
  ).toBe('src/**, shared docs/**')
})

test('without claims, the outputs and files of its tasks are its claims', () => {
  const tasks = [
    { id: 'a', prompt, outputs: ['dist/a.js'], files: ['src/a.ts'], inputs: ['src/b.ts'] },
    { id: 'b', run: 'npm test' },
  ]
  expect(claims({ tasks })).toBe('dist/a.js, src/a.ts')
})

test('without these too it holds everything, shared', () => {
  expect(claims({ tasks: [{ id: 'a', prompt }] })).toBe('shared **')
  expect(claimsOf(Workstream.parse({ id: 'w', tasks: [{ id: 'a', prompt }] })).isAssumed).toBe(true)
})

test('no claims, and work that only verifies, hold nothing', () => {
  expect(claims({ claims: [], tasks: [{ id: 'a', prompt }] })).toBe('')
  expect(claims({ tasks: [{ id: 'a', prompt, role: 'verify', outputs: ['report.json'] }] })).toBe('')
  expect(claims({ tasks: [{ id: 'a', prompt, claims: [] }] })).toBe('')
})

test('outputs belong to the claims even where no pattern covers them', () => {
  const tasks = [{ id: 'a', prompt, outputs: ['src/a.ts', 'docs/a.md'] }]
  expect(claims({ claims: ['src/**'], tasks })).toBe('src/**, docs/a.md')
  expect(claims({ claims: [], tasks })).toBe('src/a.ts, docs/a.md')
  expect(claimsOf(Workstream.parse({ id: 'w', claims: ['src/**'], tasks })).uncovered).toEqual([
    { task: 0, output: 1 },
  ])
})

test('a workstream holds the union of what its tasks name', () => {
  const tasks = [
    { id: 'a', prompt, claims: ['src/a/**'], outputs: ['src/a/x.ts'] },
    { id: 'b', prompt, files: ['src/b.ts'], outputs: ['src/c.ts'] },
    { id: 'c', prompt, claims: ['src/a/**'] },
  ]
  expect(claims({ tasks })).toBe('src/a/**, src/b.ts, src/c.ts')
})

test('a pattern is covered only by what holds every path of it', () => {
  expect(covers([{ path: 'src/**' }], 'src/a/*.ts')).toBe(true)
  expect(covers([{ path: 'src/*.ts' }], 'src/{a,b}.ts')).toBe(true)
  expect(covers([{ path: 'src/*.ts' }], 'src/a.?s')).toBe(false)
  expect(covers([{ path: 'src/**', exclude: ['src/gen/**'] }], 'src/a.ts')).toBe(true)
  expect(covers([{ path: 'src/**', exclude: ['src/gen/**'] }], 'src/**')).toBe(false)
  expect(covers([{ path: 'src/**' }], './src//a.ts')).toBe(true)
  expect(covers([{ path: 'src/*.ts' }], 'src/a.ts')).toBe(true)
  expect(covers([{ path: 'src/*.ts' }], 'src/*.ts')).toBe(true)
  expect(covers([], 'a')).toBe(false)
})

test('an output that could not be read claims nothing', () => {
  const { workstreams } = PlanOutline.parse({
    workstreams: [
      { id: 'w', claims: ['src'], tasks: [{ id: 't', outputs: [null, 'src/a.ts', 'docs/a.md'] }] },
    ],
  })
  expect(claimsOf(workstreams[0]!).claims.map(({ path }) => path)).toEqual(['src', 'docs/a.md'])
})
