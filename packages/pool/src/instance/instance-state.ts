import { invariant } from '@ws/core'

/** The phases of one life of an instance. */
export type InstanceState = 'spawning' | 'ready' | 'busy' | 'draining' | 'dead'

/*
 *   spawning ──► ready ◄──► busy
 *       │          │          │
 *       ├──────────┴──────────┤
 *       ▼                     ▼
 *    draining ────────────► dead     (from everywhere, when the process ends by itself)
 */
const moves: Readonly<Record<InstanceState, readonly InstanceState[]>> = {
  spawning: ['ready', 'draining', 'dead'],
  ready: ['busy', 'draining', 'dead'],
  busy: ['ready', 'draining', 'dead'],
  draining: ['dead'],
  dead: [],
}

/** Whether a life may go from one phase to another. */
export function mayMove(from: InstanceState, to: InstanceState): boolean {
  return moves[from].includes(to)
}

/** @throws `WS_INVARIANT` for a move that the table does not have. */
export function requireMove(from: InstanceState, to: InstanceState): void {
  invariant(mayMove(from, to), 'instance.legal-move', { from, to })
}
