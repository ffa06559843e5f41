import type { StartRunOptions } from '@ws/orchestrator'
import type { Given, OptionSpec } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { didYouMean } from '../output/did-you-mean.ts'

const modes = ['execute', 'analyze'] as const

/** Options that choose how much of a plan is run, and how. */
export const selectionOptions: Readonly<Record<string, OptionSpec>> = {
  only: {
    value: 'workstreams',
    says: 'Only these, separated by commas; * is any text. Joins the run of the same plan that is going on.',
  },
  steps: { value: 'tasks', says: 'Only tasks with such an id, label or phase, in the same way.' },
  'with-needs': { says: 'Takes along what the chosen ones need.' },
}

/** How a run works: the option of all commands that start one. */
export const modeOption: OptionSpec = {
  value: 'a mode',
  says: 'execute, or analyze: tools read and answer; no branch is made, and nothing lands.',
}

/** What was chosen of a plan. @throws `WS_CLI_USAGE` */
export function selectionOf({
  values,
  flags,
}: Given): Pick<StartRunOptions, 'only' | 'steps' | 'withNeeds' | 'mode'> {
  const mode = values.get('mode')
  const known = modes.find((each) => each === mode)
  if (mode !== undefined && known === undefined)
    throw usageError(`there is no mode ${JSON.stringify(mode)}`, didYouMean(mode, modes))
  const [only, steps] = [listOf(values.get('only')), listOf(values.get('steps'))]
  return {
    ...(only === undefined ? {} : { only }),
    ...(steps === undefined ? {} : { steps }),
    ...(flags.has('with-needs') ? { withNeeds: true } : {}),
    ...(known === undefined ? {} : { mode: known }),
  }
}

/** Parts of a list; a comma inside of braces belongs to its pattern. */
export function listOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const parts: string[] = ['']
  let depth = 0
  for (const letter of text) {
    if (letter === '{') depth += 1
    if (letter === '}') depth -= 1
    if (letter === ',' && depth <= 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
