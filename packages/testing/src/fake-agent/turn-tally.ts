import type { AgentUsage } from './agent-step.ts'

/** Tokens and their price. */
export interface Spent {
  readonly in: number
  readonly out: number
  readonly costUsd: number
}

const nothing: Spent = { in: 0, out: 0, costUsd: 0 }

/** What a session used, as each tool counts it: the last call, the turn, the session. */
export class TurnTally {
  last: Spent = nothing
  turn: Spent = nothing
  session: Spent = nothing
  /** How often the model was called in this turn. */
  calls = 0

  startTurn(): void {
    this.calls = 0
    this.turn = nothing
  }

  /** Counts a call of the model. */
  add({ in: input = 1000, out = 20, costUsd = (input * 3 + out * 15) / 1e6 }: AgentUsage = {}): void {
    this.calls += 1
    this.last = { in: input, out, costUsd }
    this.turn = sum(this.turn, this.last)
    this.session = sum(this.session, this.last)
  }
}

function sum(a: Spent, b: Spent): Spent {
  // Prices are added as decimals: 0.1 and 0.2 are 0.3 in what a tool prints.
  return { in: a.in + b.in, out: a.out + b.out, costUsd: Number((a.costUsd + b.costUsd).toFixed(8)) }
}
