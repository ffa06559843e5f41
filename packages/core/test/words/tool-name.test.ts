import { expect, test } from 'vitest'
import { canonicalTool, toolKey } from '../../src/words/tool-name.ts'

test('built-in tools are known by any case and by their aliases', () => {
  const names = ['claude-cli', 'Claude', 'CURSOR', 'github-copilot', 'Aider', 'Person']
  expect(names.map(canonicalTool)).toEqual(['claude', 'claude', 'cursor-agent', 'copilot', 'aider', 'person'])
})

test('another name stays as it is written, and is found in any case', () => {
  expect(canonicalTool('MyTool')).toBe('MyTool')
  expect(toolKey('MyTool')).toBe(toolKey('mytool'))
  expect(toolKey('Cursor')).toBe(toolKey('cursor-agent'))
})
