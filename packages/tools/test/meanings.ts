// What our lines in the recordings of each protocol mean.
import { isJsonObject, type JsonObject } from '../src/wire/read-lines.ts'
import { select, selectText } from '../src/message/select.ts'
import type { Meaning } from './replay.ts'

export const oneShotMeaning: Meaning = (text) => ({ does: 'prompt', text })

/** The recorder sent the prompt as it is, and the unknown command that marks its end. */
export const replMeaning: Meaning = (text) => ({
  does: 'prompt',
  text: text.replace(/\n\/ws_end_\d+\n$/, ''),
})

export const claudeMeaning: Meaning = (line) => {
  const message = parse(line)
  if (message['type'] === 'user') {
    return { does: 'prompt', text: selectText(message, 'message.content[].text') ?? '' }
  }
  if (selectText(message, 'request.subtype') === 'interrupt') return { does: 'interrupt' }
  const behavior = selectText(message, 'response.response.behavior')
  if (behavior === undefined) return { does: 'nothing' }
  const because = selectText(message, 'response.response.message') ?? ''
  return {
    does: 'answer',
    answer: behavior === 'allow' ? { isAllowed: true } : { isAllowed: false, because },
  }
}

export const codexMeaning: Meaning = (line) => {
  const message = parse(line)
  if (message['method'] === 'turn/start') {
    return { does: 'prompt', text: selectText(message, 'params.input[].text') ?? '' }
  }
  if (message['method'] === 'turn/interrupt') return { does: 'interrupt' }
  const decision = selectText(message, 'result.decision')
  if (decision === undefined) return { does: 'nothing' }
  return {
    does: 'answer',
    answer: decision === 'accept' ? { isAllowed: true } : { isAllowed: false, because: 'not allowed here' },
  }
}

export const acpMeaning: Meaning = (line) => {
  const message = parse(line)
  if (message['method'] === 'session/prompt') {
    return { does: 'prompt', text: selectText(message, 'params.prompt[].text') ?? '' }
  }
  if (message['method'] === 'session/cancel') return { does: 'interrupt' }
  const option = selectText(message, 'result.outcome.optionId')
  if (option === undefined) return { does: 'nothing' }
  const isAllowed = !/reject|cancel/.test(option)
  return { does: 'answer', answer: isAllowed ? { isAllowed: true } : { isAllowed: false, because: 'no' } }
}

function parse(line: string): JsonObject {
  const value: unknown = JSON.parse(line)
  return select(value, '').find(isJsonObject) ?? {}
}
