import { Id } from '@ws/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { slugOf } from '../../src/registered/slug-of.ts'

test('a prompt is called by its first words that tell something', () => {
  expect(slugOf('Write tests for the user service')).toBe('write-tests-user-service')
  expect(slugOf("Don't log  tokens; mask them!")).toBe('dont-log-tokens-mask-them')
  expect(slugOf('Überprüfe die Größe')).toBe('uberprufe-die-gro-e')
  expect(slugOf('修正する')).toBe('prompt')
})

test('a name that is taken gets a number', () => {
  const taken = new Set(['fix-login', 'fix-login-2'])
  expect(slugOf('Fix the login', taken)).toBe('fix-login-3')
})

test('whatever the prompt, its name is an id that is free and short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (prompt, others) => {
      const taken = new Set([...others, slugOf(prompt)])
      const slug = slugOf(prompt, taken)
      expect(Id.safeParse(slug).error).toBeUndefined()
      expect(slug.length).toBeLessThan(50)
      expect(taken.has(slug)).toBe(false)
    }),
  )
})
