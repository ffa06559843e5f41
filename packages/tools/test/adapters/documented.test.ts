// The registry that the documentation shows is one that can be read.
import { formatProblems } from '@ws/core'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseRegistry } from '../../src/registry/parse-registry.ts'
import { ScriptedWire } from '../scripted-wire.ts'

const page = readFileSync(new URL('../../../../docs/writing-an-adapter.md', import.meta.url), 'utf8')
const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? []

test('every entry of the page is read, and the tool that writes JSON is understood', async () => {
  const result = await parseRegistry(text, { file: 'tools.yaml' })
  expect(result.ok ? '' : formatProblems(result.problems, { text })).toBe('')
  if (!result.ok) return
  const names = result.registry.entries.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['codex', 'goose', 'chatty', 'liner']))
  const wire = new ScriptedWire()
  const connection = result.registry
    .adapter('liner')
    .connect(wire, { mode: 'long-running', cwd: '/w', permission: 'edit' })
  const opened = await connection.openSession({ cwd: '/w' })
  const ended = opened.isOpen ? opened.session.prompt('say "hi"') : undefined
  expect(wire.messages).toEqual([{ prompt: 'say "hi"' }])
  wire.sayJson(
    { type: 'text', text: 'hi' },
    { type: 'tool', ok: true, name: 'w', path: 'a' },
    { type: 'done', tokens: { in: 3, out: 1 } },
  )
  expect(await ended).toMatchObject({
    outcome: 'completed',
    text: 'hi',
    files: ['a'],
    usage: { inputTokens: 3 },
  })
  wire.exit()
})
