import { expect, test } from 'vitest'
import { attemptTrailers, isCommitOf } from '../../src/workspaces/attempt-trailers.ts'

const of = { runId: 'r1', taskId: 'build', attempt: 2 }
const trailers = 'Ws-Run: r1\nWs-Task: build\nWs-Attempt: 2\nWs-Correlation: c'

test('a commit says whose it is', () => {
  expect(attemptTrailers(of)).toEqual({ 'Ws-Run': 'r1', 'Ws-Task': 'build', 'Ws-Attempt': '2' })
  expect(isCommitOf(`tree x\n\nsubject\n\n${trailers}\n`, of)).toBe(true)
})

test('another attempt’s commit is not this one’s', () => {
  expect(isCommitOf(`tree x\n\nsubject\n\n${trailers}\n`, { ...of, attempt: 1 })).toBe(false)
  expect(isCommitOf(`tree x\n\nsubject\n\n${trailers}\n`, { ...of, taskId: 'buil' })).toBe(false)
})

test('what stands above the last paragraph is talk', () => {
  expect(isCommitOf(`tree x\n\nsubject\n\n${trailers}\n\nWs-Run: r2\n`, of)).toBe(false)
  expect(isCommitOf('', of)).toBe(false)
})
