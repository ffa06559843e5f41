import { type Clock, Plan, resolveRun } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import type { WorkEvent } from '@ws/store/records'
import type { ProbeAnswer, ProbedTool } from '@ws/tools'
import { describe, expect, test } from 'vitest'
import { ToolProbes } from '../../src/execution/tool-probes.ts'

const run = resolveRun(
  Plan.parse({
    workstreams: [{ id: 'w', claims: ['a'], tasks: [{ id: 't', tool: 'claude', prompt: 'x' }] }],
  }),
  { runId: 'r', user: 'u' },
)

const tool = (name: string): ProbedTool => ({
  name,
  healthCommand: [name, '--version'],
  versionCommand: [name, '--version'],
})

/** Probes whose programs answer when the test says so. */
class Asked {
  readonly clock = new ManualClock()
  readonly told: WorkEvent[] = []
  readonly programs: string[] = []
  isGoingOn = true
  readonly probes: ToolProbes
  #answers: ((answer: ProbeAnswer) => void)[] = []

  constructor(names: readonly string[], clock?: Clock) {
    this.probes = new ToolProbes({
      clock: clock ?? this.clock,
      toolsOf: () => Promise.resolve(names.map(tool)),
      goesOn: () => this.isGoingOn,
      tell: (event) => this.told.push(event),
      probe: ([program = ''], { signal }) => {
        this.programs.push(program)
        const answer = Promise.withResolvers<ProbeAnswer>()
        signal?.addEventListener('abort', () => answer.resolve({ answer: 'none', responseTimeMs: 0 }))
        this.#answers.push(answer.resolve)
        return answer.promise
      },
    })
  }

  /** All who were asked say this. */
  async answer(answer: ProbeAnswer): Promise<void> {
    await settled()
    for (const say of this.#answers.splice(0)) say(answer)
    await settled()
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate)
}

const says = (output: string, responseTimeMs = 10): ProbeAnswer => ({
  answer: 'exited',
  exitCode: 0,
  output,
  responseTimeMs,
})

describe('tools of a run', () => {
  test('are asked side by side, and what they say is told', async () => {
    const asked = new Asked(['claude', 'codex'])
    asked.probes.watch(run)
    await settled()
    expect(asked.programs).toEqual(['claude', 'codex'])
    expect(asked.told).toEqual([])
    await asked.answer(says('1.2.3'))
    const facts = { type: 'tool.measured', health: 'healthy', version: '1.2.3', responseMs: 10 }
    expect(asked.told).toEqual([
      { ...facts, tool: 'claude' },
      { ...facts, tool: 'codex' },
    ])
    await asked.probes.close()
  })

  test('are asked again every minute while the run goes on, and only news are told', async () => {
    const asked = new Asked(['claude'])
    asked.probes.watch(run)
    await asked.answer(says('1.2.3'))
    for (const output of ['1.2.3', '1.3.0']) {
      asked.clock.advanceBy(60_000)
      await asked.answer(says(output, 11))
    }
    asked.isGoingOn = false
    asked.clock.advanceBy(60_000)
    await asked.answer({ answer: 'missing' })
    asked.clock.advanceBy(600_000)
    await settled()
    expect(asked.programs).toHaveLength(4)
    expect(asked.told).toMatchObject([
      { version: '1.2.3' },
      { version: '1.3.0' },
      { health: 'missing', detail: 'the program was not found' },
    ])
    await asked.probes.close()
  })

  test('that do not answer are not waited for at the end, and are not called sick for it', async () => {
    const asked = new Asked(['claude'])
    asked.probes.watch(run)
    asked.probes.watch(run)
    await settled()
    await asked.probes.close()
    asked.probes.watch(run)
    await settled()
    expect(asked.programs).toEqual(['claude'])
    expect(asked.told).toEqual([])
  })
})
