import type { PlanInput } from '@ws/core'
import { createOrchestrator, type OrchestratorOptions } from '@ws/orchestrator'
import { withTempRepository } from '@ws/testing'
import { type StartedProgram, watchPrograms } from './started-programs.ts'

/** What the benches' one check runs: it passes, and costs no more than being started. */
export const check = '! test -e broken'

/** Tasks that share nothing, each a workstream with a directory of its own; `{}` in the command is its name. */
export function independent(count: number, run: string, taskMs = 0): PlanInput {
  return {
    checks: { calm: { run: check } },
    merge: { checks: ['calm'] },
    workstreams: Array.from({ length: count }, (_, at) => ({
      id: `w${at}`,
      claims: [`w${at}/**`],
      tasks: [{ id: `t${at}`, run: run.replaceAll('{}', `w${at}`), estimate: { minutes: taskMs / 60_000 } }],
    })),
  }
}

/** The same tasks in so many workstreams: one after another in the same worktree. */
export function inLanes(count: number, lanes: number, run: string): PlanInput {
  return {
    workstreams: Array.from({ length: lanes }, (_, lane) => ({
      id: `lane${lane}`,
      claims: [],
      tasks: Array.from({ length: Math.ceil((count - lane) / lanes) }, (__, at) => ({
        id: `t${lane}-${at}`,
        run,
      })),
    })),
  }
}

/** What a whole run took, from asking for it to its result. */
export interface RunCost {
  readonly startedAt: number
  readonly ms: number
  readonly cpuMs: number
  readonly programs: readonly StartedProgram[]
}

/** Runs a plan in a new repository, journal, worktrees, checks and landings included. */
export async function costOfRun(
  plan: PlanInput,
  options: Omit<OrchestratorOptions, 'repo'>,
): Promise<RunCost> {
  return withTempRepository(async ({ path }) => {
    const ws = await createOrchestrator({ repo: path, ...options })
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    const { value: ms, programs } = await watchPrograms(async () => {
      const { status } = await (await ws.run(plan)).result
      if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}`)
      return performance.now() - startedAt
    })
    const { user, system } = process.cpuUsage(cpu)
    await ws.close()
    return { startedAt, ms, cpuMs: (user + system) / 1_000, programs }
  })
}
