import { expect, test } from 'vitest'
import { slotName } from '../../src/workspaces/slot-name.ts'

const of = (workstreamId: string, runId = 'r1', round = 1) => slotName({ runId, workstreamId, round })

test('a directory is named for its workstream', () => {
  expect(of('middleware')).toMatch(/^middleware-[0-9a-f]{6}$/)
  expect(of('middleware', 'r1', 2)).toBe(`${of('middleware')}-2`)
})

test('the same workstream of another run has another directory', () => {
  expect(of('docs', 'r1')).not.toBe(of('docs', 'r2'))
  expect(of('a.b')).not.toBe(of('a-b'))
})

test('what a path cannot hold is left out', () => {
  expect(of('../Ünï côdé')).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]*-[0-9a-f]{6}$/)
  expect(of('…')).toMatch(/^work-/)
  expect(of('x'.repeat(200)).length).toBeLessThan(64)
})
