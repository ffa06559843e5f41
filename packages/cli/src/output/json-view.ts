import type { Terminal } from '../terminal.ts'
import type { View } from './view.ts'

/** Each event as a line of JSON with its number and time, each result as one of type `result`. */
export function jsonView({ out, err }: Terminal): View {
  const write = (value: object) => out(`${JSON.stringify(value)}\n`)
  return {
    show: ({ seq, at, event }) => write({ seq, at, ...event }),
    note: (text) => err(`${text}\n`),
    end: (result) => write({ type: 'result', ...result }),
    close: () => {},
  }
}
