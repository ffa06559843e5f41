import { describe, expect, it } from 'vitest'
import type { DeclaredTool } from '../../src/mock-model/conversation.ts'
import { toolCall } from '../../src/mock-model/tool-call.ts'

/** The tools of real CLIs as they declare them, as far as the mapping looks. */
const CLAUDE = [
  tool('Write', ['file_path', 'content']),
  tool('Edit', ['file_path', 'old_string', 'new_string']),
  tool('Read', ['file_path']),
  tool('Bash', ['command']),
]
const CODEX: DeclaredTool[] = [tool('exec_command', ['cmd']), { name: 'apply_patch' }]
const GEMINI = [
  tool('write_file', ['file_path', 'content']),
  tool('replace', ['instruction', 'file_path', 'old_string', 'new_string'], ['instruction']),
  tool('read_file', ['file_path']),
  tool('run_shell_command', ['command']),
]
const OPENCODE = [
  tool('write', ['content', 'filePath']),
  tool('bash', ['command', 'description'], ['description']),
]
const COPILOT = [tool('create', ['path', 'file_text']), tool('bash', ['command'])]

describe('toolCall', () => {
  it.each([
    [CLAUDE, { name: 'Write', input: { file_path: '/w/a.txt', content: 'x\n' } }],
    [CODEX, { name: 'apply_patch', input: '*** Begin Patch\n*** Add File: a.txt\n+x\n*** End Patch' }],
    [GEMINI, { name: 'write_file', input: { file_path: '/w/a.txt', content: 'x\n' } }],
    [OPENCODE, { name: 'write', input: { filePath: '/w/a.txt', content: 'x\n' } }],
    [COPILOT, { name: 'create', input: { path: '/w/a.txt', file_text: 'x\n' } }],
  ])('writes a file with what is declared (%#)', (tools, call) => {
    expect(toolCall({ write: 'a.txt', content: 'x\n' }, tools, '/w')).toEqual(call)
  })

  it.each([
    [CLAUDE, { name: 'Bash', input: { command: 'ls' } }],
    [CODEX, { name: 'exec_command', input: { cmd: 'ls' } }],
    [GEMINI, { name: 'run_shell_command', input: { command: 'ls' } }],
    [OPENCODE, { name: 'bash', input: { command: 'ls', description: 'mock' } }],
  ])('runs a command with what is declared (%#)', (tools, call) => {
    expect(toolCall({ run: 'ls' }, tools, '/w')).toEqual(call)
  })

  it('gives a command as a list to a tool that wants one', () => {
    const schema = { properties: { command: { type: 'array' } } }
    expect(toolCall({ run: 'ls' }, [{ name: 'shell', schema }], undefined)).toEqual({
      name: 'shell',
      input: { command: ['bash', '-lc', 'ls'] },
    })
  })

  it('edits with the fields of an editing tool, and fills what else it requires', () => {
    const step = { edit: '/w/a.txt', find: 'x', replace: 'y' }
    expect(toolCall(step, GEMINI, '/w')).toEqual({
      name: 'replace',
      input: { file_path: '/w/a.txt', old_string: 'x', new_string: 'y', instruction: 'mock' },
    })
    expect(toolCall(step, CODEX, '/w')).toEqual({
      name: 'apply_patch',
      input: '*** Begin Patch\n*** Update File: /w/a.txt\n@@\n-x\n+y\n*** End Patch',
    })
  })

  it('gives a patch to a tool with a schema in its field', () => {
    const tools = [tool('apply_patch', ['patchText'])]
    const call = toolCall({ write: 'a.txt', content: '' }, tools, undefined)
    expect(call?.input).toEqual({ patchText: '*** Begin Patch\n*** Add File: a.txt\n*** End Patch' })
  })

  it('leaves a path relative where nobody said where', () => {
    expect(toolCall({ read: 'a.txt' }, CLAUDE, undefined)?.input).toEqual({ file_path: 'a.txt' })
  })

  it('calls a tool by its own name', () => {
    expect(toolCall({ tool: 'TodoWrite', input: { todos: [] } }, [], undefined)).toEqual({
      name: 'TodoWrite',
      input: { todos: [] },
    })
  })

  it('has no call where no tool fits', () => {
    expect(toolCall({ write: 'a.txt', content: '' }, [tool('glob', ['pattern'])], '/w')).toBeUndefined()
  })
})

function tool(name: string, fields: readonly string[], required: readonly string[] = fields): DeclaredTool {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: 'string' }]))
  return { name, schema: { type: 'object', properties, required } }
}
