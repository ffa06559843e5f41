import type { TurnRequest } from '../instance/turn.ts'

/** Which instance gets a prompt that is not for a certain one. */
export type Routing = 'round-robin' | 'least-busy' | 'sticky'

/** What a choice is made from. */
export interface Loads {
  readonly count: number
  /** It works, or will in a moment, and its queue has room. */
  takes(index: number): boolean
  /** Turns that it has or that wait for it. */
  loadOf(index: number): number
  /** Turns that it has had. */
  turnsOf(index: number): number
  /** Conversations that it has. */
  sessionsOf(index: number): number
  /** All conversations together. */
  sessions(): number
  /** An instance can have several conversations without losing one for another. */
  readonly holdsMany: boolean
}

/** Chooses an instance; undefined where none takes anything. */
export type Router = (request: TurnRequest, loads: Loads) => number | undefined

/** No instance has more conversations than this times its share; where each costs another its context, not more than its share. */
const boundedLoad = 1.25

/** A router of this kind; what it remembers is its own. */
export function routerFor(routing: Routing): Router {
  switch (routing) {
    case 'round-robin':
      return roundRobin()
    case 'least-busy':
      return leastBusy
    case 'sticky':
      return sticky
  }
}

/** One after the other, whoever takes prompts. */
function roundRobin(): Router {
  let last = -1
  return (_, { count, takes }) => {
    for (let step = 1; step <= count; step++) {
      const index = (last + step) % count
      if (takes(index)) return (last = index)
    }
    return undefined
  }
}

/** The least loaded; among equals the one with the fewest conversations, where it is for one, then that has worked least. */
export const leastBusy: Router = ({ session }, { count, takes, loadOf, turnsOf, sessionsOf }) => {
  let best: number | undefined
  for (let index = 0; index < count; index++) {
    if (!takes(index)) continue
    if (best === undefined || compare(index, best) < 0) best = index
  }
  return best

  function compare(a: number, b: number): number {
    const bySessions = session === undefined ? 0 : sessionsOf(a) - sessionsOf(b)
    return loadOf(a) - loadOf(b) || bySessions || turnsOf(a) - turnsOf(b)
  }
}

/**
 * The instance that a conversation's name points at, for as long as it has not more than its share of them: then
 * the next one in the name's own order. The same name points at the same instance in every program.
 */
const sticky: Router = (request, loads) => {
  const { session } = request
  if (session === undefined) return leastBusy(request, loads)
  const taking = Array.from({ length: loads.count }, (_, index) => index).filter(loads.takes)
  const factor = loads.holdsMany ? boundedLoad : 1
  const bound = Math.ceil((factor * (loads.sessions() + 1)) / Math.max(taking.length, 1))
  const order = taking.toSorted((a, b) => weightOf(session, b) - weightOf(session, a))
  return order.find((index) => loads.sessionsOf(index) < bound) ?? order[0]
}

/** How much a name is drawn to an instance: a hash of both (FNV-1a, mixed once more). */
function weightOf(session: string, index: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(index + 1, 0x9e3779b1)
  for (let at = 0; at < session.length; at++) hash = Math.imul(hash ^ session.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}
