import type { Failure } from '@ws/core'
import { describe, expect, test } from 'vitest'
import { builtInAdapter, toolAdapter } from '../../src/index.ts'

function isUnknown(tool: string, failure: Failure): boolean | undefined {
  const spec = builtInAdapter(tool)
  return spec && toolAdapter(spec).isSessionUnknown?.(failure)
}

const id = '7edd0000-0000-4000-8000-000000000000'

// As the programs of the pinned versions said it, of a session that never was.
const said = [
  ['claude', `No conversation found with session ID: ${id}`],
  ['codex', `Error: thread/resume: thread/resume failed: no rollout found for thread id ${id} (code -32600)`],
  ['codex', `no rollout found for thread id ${id}`],
  ['gemini', 'Error resuming session: No previous sessions found for this project.'],
  ['opencode', 'Error: Session not found'],
  ['opencode', 'Internal error: OpenCode service failure'],
  ['copilot', `Error: No session, task, or name matched '${id}'.`],
  ['copilot', `Resource not found: Session ${id} not found`],
  [
    'qwen',
    `No saved session found with ID ${id}. Run \`qwen --resume\` without an ID to choose from existing sessions.`,
  ],
  ['qwen', `Resource not found: session:${id}`],
] as const

describe('a failure to take up a session', () => {
  test.each(said)('of %s is known by what it says: %s', (tool, detail) => {
    expect(isUnknown(tool, { reason: 'protocol', detail })).toBe(true)
    expect(isUnknown(tool, { reason: 'exited', exitCode: 1, tail: detail })).toBe(true)
  })

  test.each([
    'the model "x" was not found',
    'session expired, please log in',
    'connect ECONNREFUSED 127.0.0.1:9',
    'No such file or directory',
  ])('is no such thing where something else is said: %s', (detail) => {
    for (const tool of ['claude', 'codex', 'gemini', 'opencode', 'copilot', 'qwen', 'aider'])
      expect(isUnknown(tool, { reason: 'protocol', detail })).toBe(false)
  })

  test('is no such thing where nothing is said', () => {
    expect(isUnknown('claude', { reason: 'lost' })).toBe(false)
  })
})
