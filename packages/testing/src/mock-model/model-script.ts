import { isGate, parseStep, type AnswerStep, type GateStep, type ModelStep } from './model-step.ts'

const MARK = 'mock-model:'

/**
 * Writes down what the mock model shall do, as text that becomes a part of the prompt; it goes on where the
 * steps stand, whatever process asks.
 *
 * @example
 * const prompt = `Fix the greeting. ${modelScript([{ write: 'hello.txt', content: 'hello\n' }, { say: 'done' }])}`
 */
export function modelScript(steps: readonly ModelStep[]): string {
  return `${MARK}${JSON.stringify(steps)}`
}

/** What follows the mark in a text: the last one, as people quote earlier prompts before they ask anew. */
export function findScript(text: string): readonly ModelStep[] | { readonly problem: string } | undefined {
  const at = text.lastIndexOf(MARK)
  if (at === -1) return undefined
  const list = leadingArray(text.slice(at + MARK.length).trimStart())
  if (list === undefined) return { problem: `no JSON list behind "${MARK}"` }
  let values: readonly unknown[]
  try {
    values = JSON.parse(list)
  } catch (error) {
    return { problem: `${error instanceof Error ? error.message : String(error)} in ${list}` }
  }
  const steps = values.map(parseStep)
  const problem = steps.find((step) => typeof step === 'string')
  return problem === undefined ? steps.filter((step) => typeof step !== 'string') : { problem }
}

/** The text up to the bracket that closes the one it starts with: what callers append is not ours. */
function leadingArray(text: string): string | undefined {
  if (!text.startsWith('[')) return undefined
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (isQuoted) {
      if (character === '\\') at += 1
      else if (character === '"') isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') {
      depth -= 1
      if (depth === 0) return text.slice(0, at + 1)
    }
  }
  return undefined
}

/** One answer of the model, and what stands in its way. */
export interface ScriptTurn {
  readonly gates: readonly GateStep[]
  /** Empty where the script is at its end. */
  readonly answers: readonly AnswerStep[]
}

/** What the script says for the answer with this number; `endsAnswer` tells where one ends and the next begins. */
export function scriptTurn(
  steps: readonly ModelStep[],
  number: number,
  endsAnswer: (step: AnswerStep) => boolean,
): ScriptTurn {
  let gates: GateStep[] = []
  let answers: AnswerStep[] = []
  let at = 0
  for (const step of steps) {
    if (isGate(step)) gates.push(step)
    else {
      answers.push(step)
      if (!endsAnswer(step)) continue
      if (at === number) break
      at += 1
      gates = []
      answers = []
    }
  }
  return at === number ? { gates, answers } : { gates: [], answers: [] }
}
