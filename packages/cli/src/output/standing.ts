import type { Published, RunEvent } from '@ws/core'

/** What was said of something last, by the number of the event. */
interface Said<T> {
  readonly seq: number
  readonly value: T
}

/**
 * What the view of runs says beside their tasks: money, tools, landings. It is told events in any order and more than once,
 * since those of the log are read while others happen: of each thing the one with the highest number counts.
 */
export class Standing {
  /** What each attempt has cost all in all, by run. */
  readonly #costs = new Map<string, Map<string, Said<number>>>()
  /** What is the matter with a tool or an account; nothing once it is well again. */
  readonly #troubles = new Map<string, Said<string | undefined>>()
  readonly #landings = new Map<string, Said<'queued' | 'held' | 'gone'>>()

  take({ seq, event }: Pick<Published<RunEvent>, 'seq' | 'event'>): void {
    if ('usage' in event) {
      const costs = this.#costs.get(event.runId) ?? new Map<string, Said<number>>()
      this.#costs.set(event.runId, costs)
      say(costs, `${event.taskId}/${event.attempt}`, { seq, value: event.usage.costUsd })
    }
    const trouble = troubleOf(event)
    if (trouble !== undefined) say(this.#troubles, trouble.of, { seq, value: trouble.says })
    const landing = landingOf(event)
    if (landing !== undefined && 'workstreamId' in event && 'round' in event)
      say(this.#landings, `${event.runId}/${event.workstreamId}/${event.round}`, { seq, value: landing })
  }

  /** What a run has cost so far. */
  costUsd(runId: string): number {
    return [...(this.#costs.get(runId)?.values() ?? [])].reduce((sum, { value }) => sum + value, 0)
  }

  /** A line for each thing of which there is something to say: tools that are not well, what is to land. */
  lines(): readonly string[] {
    const troubles = [...this.#troubles.values()].flatMap(({ value }) => value ?? [])
    const landings = [...this.#landings.values()].map(({ value }) => value)
    const held = landings.filter((value) => value === 'held').length
    const queued = held + landings.filter((value) => value === 'queued').length
    return [
      ...(troubles.length === 0 ? [] : [`tools: ${troubles.join(', ')}`]),
      ...(queued === 0
        ? []
        : [`queue: ${queued} to land${held === 0 ? '' : `, ${held} of them for approval`}`]),
    ]
  }
}

function say<T>(all: Map<string, Said<T>>, of: string, said: Said<T>): void {
  const before = all.get(of)
  if (before === undefined || before.seq <= said.seq) all.set(of, said)
}

function troubleOf(event: RunEvent): { readonly of: string; readonly says?: string } | undefined {
  switch (event.type) {
    case 'tool.degraded':
      return { of: `health of ${event.tool}`, says: `${event.tool} is ${event.health}` }
    case 'tool.recovered':
      return { of: `health of ${event.tool}` }
    case 'tool.throttled':
    case 'tool.relaxed': {
      const of = `rate of ${event.tool}`
      return event.limit === undefined ? { of } : { of, says: `${event.tool} ${event.limit} at a time` }
    }
    case 'quota.exhausted':
      return { of: `quota of ${event.account}`, says: `account ${event.account} has no quota left` }
    case 'quota.recovered':
      return { of: `quota of ${event.account}` }
    default:
      return undefined
  }
}

function landingOf({ type }: RunEvent): 'queued' | 'held' | 'gone' | undefined {
  switch (type) {
    case 'landing.requested':
    case 'landing.approved':
      return 'queued'
    case 'landing.held':
      return 'held'
    case 'landing.settled':
      return 'gone'
    default:
      return undefined
  }
}
