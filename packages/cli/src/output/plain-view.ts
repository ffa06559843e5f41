import type { Terminal } from '../terminal.ts'
import { eventLine } from './event-line.ts'
import { summary } from './summary.ts'
import type { View } from './view.ts'

/** A line for each event that a person wants to know of. */
export function plainView({ out }: Terminal): View {
  return {
    show: ({ event }, stand) => {
      const line = eventLine(event, { namesRun: stand().length > 1 })
      if (line !== undefined) out(`${line}\n`)
    },
    note: (text) => out(`${text}\n`),
    end: (result) => out(summary(result)),
    close: () => {},
  }
}
