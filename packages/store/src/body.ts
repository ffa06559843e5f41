import { type Step, WsError } from '@ws/core'

/**
 * The text of a value that a log can hold.
 * @throws `WS_STORE_NOT_JSON` where it would not come back
 */
export function writeJson(value: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(value)
    if (text !== undefined) return text
  } catch (cause) {
    throw notJson(cause)
  }
  throw notJson(undefined)
}

function notJson(cause: unknown): WsError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new WsError('WS_STORE_NOT_JSON', `only JSON can be kept in a journal${why}`, { cause })
}

/** The inputs and events of a row whose hash was checked: they are what `append` was given. */
export function parseBody(text: string): Pick<Step, 'inputs' | 'events'> {
  return JSON.parse(text) as Pick<Step, 'inputs' | 'events'>
}
