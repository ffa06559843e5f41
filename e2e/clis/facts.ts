// What is observed of each tool: asserted here, and written into the table of docs/clis.md by scripts/test-clis.ts.
import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { RealTool } from './real-tools.ts'
import { USUAL, type Fact, type Mode } from './usual.ts'

/** Where a tool does something else than most: what, and why. */
export interface Departure {
  readonly fact: Fact
  /** @default both */
  readonly mode?: Mode
  readonly is: string
  readonly because: string
}

/** Compares what was seen with what is known of the tool, and notes it for the table. */
export function judge(tool: RealTool, mode: Mode, fact: Fact, seen: string): void {
  const departure = tool.departs.find((each) => each.fact === fact && (each.mode ?? mode) === mode)
  const because = departure?.because
  const file = process.env['WS_CLIS_FACTS']
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ tool: tool.name, mode, fact, seen, because })}\n`)
  expect(seen).toBe(departure?.is ?? USUAL[fact][mode])
}
