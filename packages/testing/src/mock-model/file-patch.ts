import type { ToolStep } from './model-step.ts'

type FileStep = Extract<ToolStep, { write: string } | { edit: string }>

/** The step in the patch format of tools that are called `apply_patch`. */
export function filePatch(step: FileStep): string {
  const change =
    'write' in step
      ? [`*** Add File: ${step.write}`, ...marked('+', step.content)]
      : [`*** Update File: ${step.edit}`, '@@', ...marked('-', step.find), ...marked('+', step.replace)]
  return ['*** Begin Patch', ...change, '*** End Patch'].join('\n')
}

/** The step as a block of text, for a caller that has no tools and reads its edits out of the answer. */
export function searchReplace(step: FileStep): string {
  const [path, find, replace] =
    'write' in step ? [step.write, '', step.content] : [step.edit, step.find, step.replace]
  const search = ['<<<<<<< SEARCH', ...lines(find), '=======', ...lines(replace), '>>>>>>> REPLACE']
  return [path, '```', ...search, '```'].join('\n')
}

function marked(mark: string, text: string): readonly string[] {
  return lines(text).map((line) => `${mark}${line}`)
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
