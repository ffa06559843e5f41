// A turn in one line, so that a table of them can be read.
import type { TurnEnd, TurnEvent } from '../../src/adapter/tool-adapter.ts'

/** `completed 2000/40/0 $0.0066 reported +hello.txt "I have written hello.txt."` */
export function summarize(turn: TurnEnd): string {
  const { usage, files = [], denied, text } = turn
  const cost = usage.costUsd === undefined ? '' : ` $${usage.costUsd}`
  return [
    turn.outcome === 'failed' ? `failed:${turn.failure.reason}` : turn.outcome,
    `${usage.inputTokens}/${usage.outputTokens}/${usage.cachedTokens}${cost}`,
    usage.basis,
    ...files.map((path) => `+${path.replace('<cwd>/', '')}`),
    ...denied.map(({ name, paths }) => `-${name}(${paths.join().replace('<cwd>/', '')})`),
    JSON.stringify(text.length > 160 ? `${text.slice(0, 60)}…${text.slice(-60)}` : text),
  ].join(' ')
}

/** `write:started usage write:done text` with what is said again left out. */
export function sequence(events: readonly TurnEvent[]): string {
  const names = events.map((event) => {
    if (event.type === 'tool') return `${event.name}:${event.status}`
    if (event.type === 'asked') return event.isAllowed ? 'allowed' : 'denied'
    return event.type
  })
  return names.filter((name, at) => name !== names[at - 1]).join(' ')
}
