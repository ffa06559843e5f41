// oxlint-disable unicorn/no-thenable -- the setting is called "then"; its value is a word, never a function
import { expect, test } from 'vitest'
import { Guardrails } from '../../src/plan/guardrails.ts'
import { stricterGuardrails } from '../../src/plan/stricter-guardrails.ts'
import * as z from 'zod'

function together(...places: (z.input<typeof Guardrails> | undefined)[]) {
  return stricterGuardrails(
    places.map((place) => (place === undefined ? undefined : Guardrails.parse(place))),
  )
}

test('where nobody says anything, only secrets are looked for', () => {
  expect(together(undefined, {})).toEqual({
    forbidPaths: [],
    forbidPatterns: [],
    secrets: 'quarantine',
    limits: [],
    commands: [],
  })
})

test('a path that two places forbid has the harder consequence, whoever speaks first', () => {
  const soft = { forbidPaths: { patterns: ['infra/**', 'ci/**'], then: 'warn' as const } }
  const hard = { forbidPaths: ['infra/**'] }
  const expected = [
    { pattern: 'infra/**', consequence: 'quarantine' },
    { pattern: 'ci/**', consequence: 'warn' },
  ]
  expect(together(soft, hard).forbidPaths).toEqual(expected)
  expect(together(hard, soft).forbidPaths).toEqual(expected)
})

test('patterns of added lines add up', () => {
  expect(
    together({ forbidPatterns: ['TODO'] }, { forbidPatterns: { patterns: ['console'], then: 'fail' } })
      .forbidPatterns,
  ).toEqual([
    { pattern: 'TODO', consequence: 'quarantine' },
    { pattern: 'console', consequence: 'fail' },
  ])
})

test('secrets are left alone only where everyone who speaks of them says so', () => {
  expect(together({ secrets: false })).not.toHaveProperty('secrets')
  expect(together({ secrets: false }, { secrets: { then: 'warn' } }).secrets).toBe('warn')
  expect(together({ secrets: { then: 'warn' } }, { secrets: true }).secrets).toBe('quarantine')
})

test('every limit holds, also two of one kind', () => {
  expect(
    together(
      { maxFiles: { limit: 50, then: 'warn' } },
      { maxFiles: 100, maxDiffLines: 2_000, maxOutputBytes: 10 },
    ).limits,
  ).toEqual([
    { what: 'files', limit: 50, consequence: 'warn' },
    { what: 'files', limit: 100, consequence: 'quarantine' },
    { what: 'diff-lines', limit: 2_000, consequence: 'quarantine' },
    { what: 'output-bytes', limit: 10, consequence: 'quarantine' },
  ])
})

test('a command is run once, with its time limit', () => {
  expect(
    together(
      { commands: ['scan', { run: ['audit', '--all'], timeout: '2m', then: 'warn' }] },
      { commands: [{ run: 'scan', then: 'warn' }, ['audit', '--all']] },
    ).commands,
  ).toEqual([
    { run: 'scan', consequence: 'quarantine' },
    { run: ['audit', '--all'], consequence: 'quarantine' },
  ])
  expect(together({ commands: [{ run: 'slow', timeout: '1m', then: 'fail' }] }).commands).toEqual([
    { run: 'slow', consequence: 'fail', timeoutMs: 60_000 },
  ])
})
