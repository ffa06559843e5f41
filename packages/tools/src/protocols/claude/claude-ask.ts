import type { PermissionAsk } from '../../adapter/tool-adapter.ts'
import type { ToolKind } from '../../message/apply-rules.ts'
import { selectText } from '../../message/select.ts'
import type { JsonObject } from '../../wire/read-lines.ts'

/** What claude asks for: the same words in which it lists denials, so that each is known as the other. */
export function askOf(request: JsonObject, kindOf: (name: string) => ToolKind): PermissionAsk {
  const name = selectText(request, 'tool_name') ?? 'tool'
  const command = selectText(request, 'input.command')
  const paths = ['input.file_path', 'input.notebook_path', 'input.path'].flatMap(
    (path) => selectText(request, path) ?? [],
  )
  return { kind: kindOf(name), name, paths, ...(command === undefined ? {} : { command }) }
}
