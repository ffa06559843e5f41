// What is recorded of each CLI, in words of the mock model.
import { modelScript, type ModelStep } from '../../../packages/testing/src/index.ts'

/** `ask`: the CLI may not write unless somebody allows it, and where nobody can be asked, not at all. */
export type Access = 'write' | 'ask'

export interface Scenario {
  readonly name: string
  readonly prompts: readonly string[]
  readonly access: Access
  readonly decision: 'allow' | 'deny'
  /** Interrupted as soon as the model has been asked so often for an answer of the script. */
  readonly interruptAfter?: number
}

const EDIT = [{ write: 'hello.txt', content: 'hello\n' }, { say: 'I have written hello.txt.' }] as const

export const SCENARIOS: readonly Scenario[] = [
  makeScenario('edit', [makePrompt('Write hello.txt.', EDIT)]),
  makeScenario('two-turns', [
    makePrompt('Write hello.txt.', EDIT),
    makePrompt('What did you write?', [{ say: 'A greeting.', usage: { in: 1500, out: 30, cached: 1000 } }]),
  ]),
  makeScenario('granted', [makePrompt('Write hello.txt.', EDIT)], { access: 'ask' }),
  makeScenario('denied', [makePrompt('Write hello.txt.', EDIT)], { access: 'ask', decision: 'deny' }),
  makeScenario('error-400', [
    makePrompt('Write hello.txt.', [{ status: 400, message: 'the request has no sense' }]),
  ]),
  makeScenario('error-401', [makePrompt('Write hello.txt.', [{ status: 401, message: 'invalid api key' }])]),
  makeScenario('quota-429', [
    makePrompt('Write hello.txt.', [{ status: 429, isQuota: true, message: 'the quota is used up' }]),
  ]),
  makeScenario('retry', [
    makePrompt('Write hello.txt.', [{ status: 503, times: 1, message: 'too many callers' }, ...EDIT]),
  ]),
  makeScenario('interrupt', [makePrompt('Write hello.txt.', [EDIT[0], { hang: true }])], {
    interruptAfter: 2,
  }),
]

export function makeScenario(
  name: string,
  prompts: readonly string[],
  options: Partial<Omit<Scenario, 'name' | 'prompts'>> = {},
): Scenario {
  return { name, prompts, access: 'write', decision: 'allow', ...options }
}

export function makePrompt(words: string, steps: readonly ModelStep[]): string {
  return `${words} ${modelScript(steps)}`
}
