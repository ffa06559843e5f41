import { isAbsolute, join } from 'node:path'
import type { DeclaredTool } from './conversation.ts'
import { asObject, type Json } from './json.ts'
import type { ModelCall } from './model-reply.ts'
import type { ToolStep } from './model-step.ts'
import { filePatch } from './file-patch.ts'
import { sampleObject } from './sample-json.ts'

/** What tools of the same purpose are called, in lower case. */
const TOOL_NAMES = {
  write: ['write', 'write_file', 'create', 'create_file'],
  edit: ['edit', 'replace', 'edit_file', 'str_replace'],
  read: ['read', 'read_file', 'view'],
  run: ['bash', 'run_shell_command', 'exec_command', 'shell', 'shell_command'],
  patch: ['apply_patch'],
} as const

/** What their fields are called. */
const FIELD_NAMES = {
  path: ['file_path', 'filePath', 'path', 'absolute_path'],
  content: ['content', 'file_text', 'contents'],
  find: ['old_string', 'oldString', 'old_str'],
  replace: ['new_string', 'newString', 'new_str'],
  command: ['command', 'cmd'],
  patch: ['input', 'patch', 'patchText'],
} as const

type Purpose = keyof typeof TOOL_NAMES
type Field = keyof typeof FIELD_NAMES

/** The call that does the step with one of the declared tools; `undefined` where none of them can. */
export function toolCall(
  step: ToolStep,
  tools: readonly DeclaredTool[],
  cwd: string | undefined,
): Omit<ModelCall, 'id'> | undefined {
  if ('tool' in step) return { name: step.tool, input: step.input }
  const absolute = (path: string) => (cwd === undefined || isAbsolute(path) ? path : join(cwd, path))
  const attempts: readonly [Purpose, Partial<Record<Field, string>>][] =
    'write' in step
      ? [
          ['write', { path: absolute(step.write), content: step.content }],
          ['patch', { patch: filePatch(step) }],
        ]
      : 'edit' in step
        ? [
            ['edit', { path: absolute(step.edit), find: step.find, replace: step.replace }],
            ['patch', { patch: filePatch(step) }],
          ]
        : 'read' in step
          ? [['read', { path: absolute(step.read) }]]
          : [['run', { command: step.run }]]
  for (const [purpose, fields] of attempts) {
    const tool = tools.find(({ name }) =>
      (TOOL_NAMES[purpose] as readonly string[]).includes(name.toLowerCase()),
    )
    if (tool !== undefined) return { name: tool.name, input: fill(tool, fields) }
  }
  return undefined
}

function fill({ schema }: DeclaredTool, fields: Partial<Record<Field, string>>): Json | string {
  if (schema === undefined) return Object.values(fields).join('\n')
  const properties = asObject(asObject(schema)['properties'])
  const given = Object.entries(fields).map(([field, value]) => {
    const names = FIELD_NAMES[field as Field]
    const name = names.find((candidate) => candidate in properties) ?? names[0]
    return [name, asObject(properties[name])['type'] === 'array' ? ['bash', '-lc', value] : value]
  })
  return { ...sampleObject(asObject(schema)), ...Object.fromEntries(given) }
}
