import type { Terminal } from '../terminal.ts'
import { writeJson } from './write-json.ts'
import type { View } from './view.ts'

/** Each event as a line of JSON with its number and time, each result as one of type `result`. */
export function jsonView(terminal: Terminal): View {
  const { err } = terminal
  const write = (value: object) => writeJson(terminal, value)
  return {
    show: ({ seq, at, event }) => write({ seq, at, ...event }),
    note: (text) => err(`${text}\n`),
    end: (result) => write({ type: 'result', ...result }),
    close: () => {},
  }
}
