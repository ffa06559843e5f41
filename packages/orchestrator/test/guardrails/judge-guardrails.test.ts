import type { GuardrailWork } from '@ws/core'
import { expect, test } from 'vitest'
import { judgeGuardrails } from '../../src/guardrails/judge-guardrails.ts'

const none: GuardrailWork = { forbidPaths: [], forbidPatterns: [], limits: [], commands: [] }
const judged = {
  paths: ['src/a.ts', 'infra/main.tf'],
  added: [{ path: 'src/a.ts', line: 4, text: 'console.log("x")' }],
  linesAdded: 1,
  linesRemoved: 3,
  ignoreCase: false,
}

test('what keeps to its guardrails breaks none', () => {
  expect(judgeGuardrails({ ...none, secrets: 'quarantine' }, judged)).toEqual([])
})

test('a forbidden path is named', () => {
  expect(
    judgeGuardrails({ ...none, forbidPaths: [{ pattern: 'infra/**', consequence: 'fail' }] }, judged),
  ).toEqual([{ consequence: 'fail', breach: { breach: 'forbidden-path', paths: ['infra/main.tf'] } }])
})

test('a forbidden line is named by file and number', () => {
  const forbidPatterns = [
    { pattern: String.raw`console\.log`, consequence: 'warn' as const },
    { pattern: 'debugger', consequence: 'fail' as const },
  ]
  expect(judgeGuardrails({ ...none, forbidPatterns }, judged)).toEqual([
    {
      consequence: 'warn',
      breach: { breach: 'forbidden-pattern', pattern: String.raw`console\.log`, path: 'src/a.ts:4' },
    },
  ])
})

test('a secret counts where somebody looks for it', () => {
  const leak = { ...judged, added: [{ path: 'k', line: 1, text: 'npm_' + 'Z'.repeat(36) }] }
  expect(judgeGuardrails(none, leak)).toEqual([])
  expect(judgeGuardrails({ ...none, secrets: 'quarantine' }, leak)).toEqual([
    { consequence: 'quarantine', breach: { breach: 'secret', path: 'k:1', kind: 'npm token' } },
  ])
})

test('what is too large says by how much', () => {
  const limits = [
    { what: 'files' as const, limit: 1, consequence: 'quarantine' as const },
    { what: 'files' as const, limit: 2, consequence: 'warn' as const },
    { what: 'diff-lines' as const, limit: 3, consequence: 'warn' as const },
    { what: 'output-bytes' as const, limit: 3, consequence: 'warn' as const },
  ]
  expect(judgeGuardrails({ ...none, limits }, judged)).toEqual([
    { consequence: 'quarantine', breach: { breach: 'too-large', what: 'files', is: 2, limit: 1 } },
    { consequence: 'warn', breach: { breach: 'too-large', what: 'diff-lines', is: 4, limit: 3 } },
  ])
})
