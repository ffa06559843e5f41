import type { CommandAnswer } from '../machine/machine.ts'
import type { RunEvent } from '../run/run-event.ts'
import { sayList, sayMoment, sayScope, sayUsd, sayWorkstream } from './say.ts'

type WorldEvent = Exclude<RunEvent, { readonly runId: string }>

/** The sentence for what concerns all runs: money, tools, hosts, limits, commands. */
export function explainWorldEvent(event: WorldEvent): string {
  switch (event.type) {
    case 'conflict.predicted':
      return `${capital(sayWorkstream(event.a))} and ${sayWorkstream(event.b)} will conflict in ${event.path}.`
    case 'budget.warned':
      return `The budget of ${sayScope(event.scope)} runs low: ${sayShare(event)}.`
    case 'budget.stopped':
      return `The budget of ${sayScope(event.scope)} allows no more: ${sayShare(event)}.`
    case 'budget.changed':
      return event.limitUsd === undefined
        ? `The budget of ${sayScope(event.scope)} has no limit now.`
        : `The budget of ${sayScope(event.scope)} is ${sayUsd(event.limitUsd)} now.`
    case 'budget.unblocked':
      return `Whoever waits for money of ${sayScope(event.scope)} may ask again.`
    case 'quota.exhausted':
      return `Account "${event.account}" has no quota left: its tasks wait until ${sayMoment(event.until)}.`
    case 'quota.probing':
      return `Account "${event.account}" is tried again, with one attempt.`
    case 'quota.recovered':
      return `Account "${event.account}" answers again.`
    case 'tool.throttled':
      return `Tool "${event.tool}" was rate-limited: ${event.limit} at a time until ${sayMoment(event.raiseAt)}.`
    case 'tool.relaxed':
      return event.limit === undefined
        ? `Tool "${event.tool}" may be used to its own limit again.`
        : `Tool "${event.tool}" may be used ${event.limit} at a time now.`
    case 'tool.degraded':
      return `Tool "${event.tool}" is ${event.health}${event.detail === undefined ? '' : `: ${event.detail}`}.`
    case 'tool.recovered':
      return `Tool "${event.tool}" is healthy again.`
    case 'host.joined':
      return `Host "${event.hostId}" joined, offering ${sayList(event.offers)}.`
    case 'host.left':
      return `Host "${event.hostId}" left.`
    case 'disk.measured':
      return event.isLow ? 'There is too little disk space.' : 'There is enough disk space again.'
    case 'limits.changed':
      return `The limits are ${sayLimits(event.limits)} now.`
    case 'command.answered':
      return `Command "${event.commandId}" ${sayAnswer(event.answer)}.`
  }
}

function sayShare({ spentUsd, limitUsd }: { readonly spentUsd: number; readonly limitUsd: number }): string {
  return `${sayUsd(spentUsd)} of ${sayUsd(limitUsd)} is spent`
}

function sayLimits(limits: Readonly<Record<string, number>>): string {
  return sayList(Object.entries(limits).map(([name, limit]) => `${name} ${limit}`))
}

function sayAnswer(answer: CommandAnswer): string {
  if (answer.ok) return 'was accepted'
  return `was refused: ${answer.message}${answer.hint === undefined ? '' : ` (${answer.hint})`}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
