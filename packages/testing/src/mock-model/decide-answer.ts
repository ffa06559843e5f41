import type { Conversation } from './conversation.ts'
import { searchReplace } from './file-patch.ts'
import { findCwd } from './find-cwd.ts'
import { asObject } from './json.ts'
import type { ModelCall } from './model-reply.ts'
import { findScript, scriptTurn } from './model-script.ts'
import type { AnswerStep, GateStep, ModelStep, ModelUsage } from './model-step.ts'
import { sampleJson, sampleObject } from './sample-json.ts'
import { toolCall } from './tool-call.ts'

/** What the model has to say to a conversation. */
export type Answer =
  | { readonly kind: 'refused'; readonly problem: string }
  | {
      /** `side` is what a tool asks for itself: a title, a choice of model, a summary. */
      readonly kind: 'scripted' | 'side' | 'unscripted'
      /** Where in which script: the same for a request that is tried again, in whatever process. */
      readonly place: string
      /** In the way of the answer, one after another. */
      readonly gates: readonly GateStep[]
      readonly text: string
      readonly call?: Omit<ModelCall, 'id'>
      readonly usage: Required<ModelUsage>
      readonly delayMs: number
    }

type Placeless = Omit<Exclude<Answer, { kind: 'refused' }>, 'place'>

const USAGE = { in: 1000, out: 20, cached: 0 }
const SIDE_USAGE = { in: 100, out: 5, cached: 0 }

/** Reads the script out of the conversation and finds its place by what the model has said since. */
export function decideAnswer(conversation: Conversation): Answer {
  const isText = speaksInText(conversation)
  const scripted = lastScript(conversation, isText)
  const side = sideAnswer(conversation, isText)
  if (side !== undefined)
    return { kind: 'side', place: '', gates: [], text: '', usage: SIDE_USAGE, delayMs: 0, ...side }
  if (scripted === undefined)
    return { kind: 'unscripted', place: '', gates: [], text: 'ok', usage: USAGE, delayMs: 0 }
  if ('problem' in scripted) return { kind: 'refused', problem: `mock model: ${scripted.problem}` }
  const { steps, number } = scripted
  const place = `${JSON.stringify(steps)}/${number}`
  return { ...(isText ? textAnswer(steps, number) : stepAnswer(steps, number, conversation)), place }
}

// What a caller that speaks in text puts into the model's mouth, to tell it that files have changed.
const PUT_INTO_ITS_MOUTH = /^Ok[.,]/

function lastScript({ turns }: Conversation, isText: boolean) {
  const at = turns.findLastIndex(({ by, text }) => by === 'caller' && findScript(text) !== undefined)
  const script = findScript(turns[at]?.text ?? '')
  if (script === undefined || 'problem' in script) return script
  const said = turns.slice(at).filter(({ by }) => by === 'model')
  const own = isText ? said.filter(({ text }) => !PUT_INTO_ITS_MOUTH.test(text)) : said
  return { steps: script, number: own.length }
}

/** No tools, and instructions about edits as text. */
function speaksInText({ tools, system, turns }: Conversation): boolean {
  return (
    tools.length === 0 &&
    [system, ...turns.map(({ text }) => text)].some((text) => text.includes('SEARCH/REPLACE'))
  )
}

function sideAnswer({ forcedTool, answerSchema, tools, system }: Conversation, isText: boolean) {
  if (forcedTool !== undefined) {
    const tool = tools.find(({ name }) => name === forcedTool)
    return { call: { name: forcedTool, input: sampleObject(asObject(tool?.schema)) } }
  }
  if (tools.length > 0 || isText) return undefined
  if (answerSchema !== undefined) return { text: JSON.stringify(sampleJson(answerSchema)) }
  return /\b(title|summar)/i.test(system) ? { text: 'A mock title' } : undefined
}

function stepAnswer(steps: readonly ModelStep[], number: number, conversation: Conversation): Placeless {
  const { gates, answers } = scriptTurn(steps, number, () => true)
  const [answer] = answers
  const common = { kind: 'scripted', gates, ...extras(answer) } as const
  if (answer === undefined) return { ...common, text: 'done' }
  if ('say' in answer) return { ...common, text: answer.say }
  const call = toolCall(answer, conversation.tools, findCwd(conversation))
  // A tool that may not write does not even tell its model of tools that write.
  return call === undefined ? { ...common, text: 'I have no tool for this.' } : { ...common, text: '', call }
}

/** In text, all edits up to the next sentence are one answer. */
function textAnswer(steps: readonly ModelStep[], number: number): Placeless {
  const { gates, answers } = scriptTurn(steps, number, (step) => 'say' in step)
  const text = answers.length === 0 ? 'done' : answers.map(inText).join('\n\n')
  return { kind: 'scripted', gates, ...extras(answers.at(-1)), text }
}

function inText(step: AnswerStep): string {
  if ('say' in step) return step.say
  if ('write' in step || 'edit' in step) return searchReplace(step)
  if ('run' in step) return `\`\`\`bash\n${step.run}\n\`\`\``
  return 'I have no tool for this.'
}

function extras(step: AnswerStep | undefined) {
  return { usage: { ...USAGE, ...step?.usage }, delayMs: step?.delayMs ?? 0 }
}
