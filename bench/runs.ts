// What a run costs beside its work: tasks of a fixed length in worktrees, with commits, a check and landings, against
// the bound that no schedule can beat; tasks that do nothing, beside a bare xargs; a run of 10,000 tasks opened again.
// node bench/runs.ts [short]: `short` leaves out what takes minutes.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Landing, noUsage, type PlanInput, type Settlement, type Workspaces } from '@ws/core'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '@ws/orchestrator'
import { withTempRepository } from '@ws/testing'

const landsAtOnce: Landing = {
  land: ({ commit }) => Promise.resolve({ kind: 'landed', commit }),
  change: () => {},
  close: () => Promise.resolve(),
}

const nothing: Settlement = {
  kind: 'settled',
  files: [],
  linesAdded: 0,
  linesRemoved: 0,
  setAside: [],
  warnings: [],
}

const noWorkspaces: Workspaces = {
  open: () =>
    Promise.resolve({
      isOpen: true,
      workspace: { path: '.', env: {}, settle: () => Promise.resolve(nothing) },
    }),
  lookUp: () => Promise.resolve(undefined),
  release: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

const isShort = process.argv.includes('short')
const taskMs = 2_000

const efficiencies: number[] = []
console.log(`tasks of ${taskMs / 1_000} s, each in a worktree of its own, landed through one check`)
console.log('  tasks   at once   bound s     run s     share of the bound')
for (const [tasks, concurrency] of isShort ? [[12, 3] as const] : grid()) {
  const share = await benchEfficiency(tasks, concurrency)
  efficiencies.push(share)
}
const [ours, bare] = await benchNothing(isShort ? 20 : 100)
const resumeMs = await benchResume(isShort ? 1_000 : 10_000)
console.log(
  `\n${Math.min(...efficiencies).toFixed(2)} of the bound or better; a task that does nothing costs ${ours.toFixed(0)} ms (xargs ${bare.toFixed(1)} ms); resume ${resumeMs.toFixed(0)} ms`,
)

function* grid(): Generator<readonly [number, number]> {
  for (const tasks of [12, 60]) for (const concurrency of [3, 5, 10]) yield [tasks, concurrency]
}

function planOf(count: number, run: string): PlanInput {
  return {
    checks: { calm: { run: '! test -e broken' } },
    merge: { checks: ['calm'] },
    workstreams: Array.from({ length: count }, (_, at) => ({
      id: `w${at}`,
      claims: [`w${at}/**`],
      tasks: [{ id: `t${at}`, run: run.replaceAll('{}', `w${at}`), estimate: { minutes: taskMs / 60_000 } }],
    })),
  }
}

async function runs(plan: PlanInput, options: Omit<OrchestratorOptions, 'repo'>): Promise<number> {
  return withTempRepository(async ({ path }) => {
    const ws = await createOrchestrator({ repo: path, ...options })
    const begun = performance.now()
    const { status } = await (await ws.run(plan)).result
    const ms = performance.now() - begun
    await ws.close()
    if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}`)
    return ms
  })
}

/** The bound: the work spread over all slots, and one check after it. */
async function benchEfficiency(tasks: number, concurrency: number): Promise<number> {
  const checkMs = await msOf(async () => void execFileSync('sh', ['-c', '! test -e broken']))
  const boundMs = Math.max((tasks * taskMs) / concurrency, taskMs) + checkMs
  const plan = planOf(tasks, `sleep ${taskMs / 1_000}; mkdir {}; echo 1 > {}/one`)
  const ms = await runs({ ...plan, concurrency }, { concurrency })
  const cells = [tasks, concurrency, (boundMs / 1_000).toFixed(2), (ms / 1_000).toFixed(2)]
  console.log(
    `${cells.map((cell) => String(cell).padStart(8)).join('  ')}  ${(boundMs / ms).toFixed(3).padStart(12)}`,
  )
  return boundMs / ms
}

/** Milliseconds for each of so many tasks that do nothing, three at once: ours, and those of a bare xargs. */
async function benchNothing(count: number): Promise<readonly [number, number]> {
  const inOneWorktree: PlanInput = {
    workstreams: Array.from({ length: 3 }, (_, lane) => ({
      id: `lane${lane}`,
      claims: [],
      tasks: Array.from({ length: Math.ceil(count / 3) }, (__, at) => ({
        id: `t${lane}-${at}`,
        run: 'true',
      })),
    })),
  }
  const own = (await runs(planOf(count, 'true'), { concurrency: 3 })) / count
  const shared = (await runs(inOneWorktree, { concurrency: 3 })) / count
  const folder = mkdtempSync(join(tmpdir(), 'ws-bench-'))
  writeFileSync(join(folder, 'lines'), Array.from({ length: count }, (_, at) => `${at}\n`).join(''))
  const bare =
    (await msOf(
      async () => void execFileSync('sh', ['-c', 'xargs -P3 -I{} sh -c true < lines'], { cwd: folder }),
    )) / count
  rmSync(folder, { recursive: true })
  console.log(`\n${count} tasks that do nothing, three at once                 ms each`)
  console.log(`  each in a worktree of its own, durable                   ${own.toFixed(1)}`)
  console.log(`  three worktrees, one task after another, durable         ${shared.toFixed(1)}`)
  console.log(`  xargs -P3, nothing remembered                            ${bare.toFixed(1)}`)
  return [own, bare]
}

/** How long it takes until a repository is led again in whose log a run of so many tasks stands half done. */
async function benchResume(count: number): Promise<number> {
  const plan = planOf(count, 'true')
  return withTempRepository(async ({ path }) => {
    let done = 0
    const half = Promise.withResolvers<void>()
    const options: OrchestratorOptions = {
      repo: path,
      concurrency: 100,
      landing: landsAtOnce,
      workspaces: noWorkspaces,
      executor: {
        execute: async (_, { signal }) => {
          if (++done < count / 2) return { kind: 'completed', usage: noUsage, text: '' }
          half.resolve()
          if (!signal.aborted) await once(signal, 'abort')
          return { kind: 'interrupted', usage: noUsage, text: '' }
        },
        sweep: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
    }
    const first = await createOrchestrator(options)
    await first.run(plan)
    await half.promise
    await first.close()
    let second: Orchestrator | undefined
    const ms = await msOf(async () => void (second = await createOrchestrator(options)))
    await second?.close()
    console.log(`\n${count} tasks, half of them done: led again after ${ms.toFixed(0)} ms`)
    return ms
  })
}

async function msOf(body: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await body()
  return performance.now() - begun
}
