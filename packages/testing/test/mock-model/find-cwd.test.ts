import { expect, it } from 'vitest'
import { findCwd } from '../../src/mock-model/find-cwd.ts'

it.each([
  ['<environment_context>\n  <cwd>/w/a b</cwd>\n</environment_context>', '/w/a b'],
  [' - Primary working directory: /w/tree\n - Is a git repository: true', '/w/tree'],
  ['<env>\n  Working directory: /w/tree\n</env>', '/w/tree'],
  ["I'm currently working in the directory: /w/tree\nHere is the folder structure", '/w/tree'],
  ['- **Workspace Directories:**\n  - /w/tree\n', '/w/tree'],
  ['* Current working directory: `/w/tree`', '/w/tree'],
])('finds where the caller works in %j', (text, cwd) => {
  const conversation = { model: '', isStreaming: false, tools: [] }
  expect(findCwd({ ...conversation, system: text, turns: [] })).toBe(cwd)
  expect(findCwd({ ...conversation, system: '', turns: [{ by: 'caller', text }] })).toBe(cwd)
  expect(findCwd({ ...conversation, system: '', turns: [{ by: 'model', text }] })).toBeUndefined()
})
