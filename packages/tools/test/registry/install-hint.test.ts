import { expect, test } from 'vitest'
import { installHint } from '../../src/index.ts'

test('a built-in tool is installed by one line, by any spelling of its name; of others nothing is known', () => {
  expect(installHint('claude')).toBe('npm install -g @anthropic-ai/claude-code')
  expect(installHint('Claude')).toBe(installHint('claude'))
  expect(installHint('constructor')).toBeUndefined()
  expect(installHint('my-own')).toBeUndefined()
})
