import type { Failure } from '@ws/core'
import type { Turn } from '../../turn/turn.ts'
import type { ReplSpec } from './repl-spec.ts'
import { readUsage } from './repl-usage.ts'

/** Takes what the output of a turn says of usage, files and the answer into it; the failure that it names, if one. */
export function readOutput(spec: ReplSpec, turn: Turn, text: string): Failure | undefined {
  for (const reading of readUsage(text, spec.usage)) turn.hear({ says: 'usage', reading })
  for (const path of changedFiles(spec, text)) {
    turn.hear({ says: 'tool', name: 'edit', kind: 'write', status: 'done', paths: [path] })
  }
  const answer = spec.hidden === undefined ? text : text.replace(new RegExp(spec.hidden, 'gm'), '')
  turn.hear({ says: 'text', part: 'answer', text: answer.trim() })
  const error = lastError(spec, text)
  return error === undefined ? undefined : turn.judge({ message: error })
}

function changedFiles({ changed }: ReplSpec, text: string): string[] {
  if (changed === undefined) return []
  return [...text.matchAll(new RegExp(changed, 'gm'))].flatMap(([, path]) => path ?? [])
}

/** The last line that names an error which the program did not get over. */
function lastError({ errors, recovered }: ReplSpec, text: string): string | undefined {
  const lines = afterLast(text, recovered).split('\n')
  for (const { pattern } of errors) {
    if (pattern === undefined) continue
    const expression = new RegExp(pattern, 'i')
    const line = lines.findLast((each) => expression.test(each))
    if (line !== undefined) return line
  }
  return undefined
}

/** What stands after the last place of a pattern. */
function afterLast(text: string, pattern: string | undefined): string {
  if (pattern === undefined) return text
  let end = 0
  for (const match of text.matchAll(new RegExp(pattern, 'gm'))) end = match.index + match[0].length
  return text.slice(end)
}
