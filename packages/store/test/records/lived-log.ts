import {
  type Failure,
  type LandingOutcome,
  MemoryJournal,
  openHost,
  Plan,
  type PlanInput,
  resolveRun,
  type RunCommand,
  runMachine,
  type RunMachineState,
  type RunSpec,
} from '@ws/core'
import { type AttemptScript, ManualClock, Random, SimulatedWorld } from '@ws/core/testing'
import { type LoggedEvent, readEvents } from '../../src/records/index.ts'

type Ask = RunCommand extends infer C ? (C extends unknown ? Omit<C, 'commandId'> : never) : never

/** A log that a run machine has really written, and the state that it was in at the end. */
export interface LivedLog {
  readonly journal: MemoryJournal
  readonly events: readonly LoggedEvent[]
  readonly state: RunMachineState
}

/** The moment at which each log begins. */
export const began = Date.UTC(2026, 0, 2, 3, 4, 5)

/** Lives a plan in virtual time: with faults, crashes of the host, and a person who meddles, as the seed decides. */
export async function livedLog(seed: number, { isCalm = false } = {}): Promise<LivedLog> {
  const random = new Random(seed)
  const clock = new ManualClock(began)
  const journal = new MemoryJournal()
  const world = new SimulatedWorld({
    clock,
    attempt: () => attemptScript(random, isCalm),
    landing: () => ({ durationMs: random.below(30_000), outcome: landingOutcome(random, isCalm) }),
    survives: () => random.chance(0.5),
  })
  let epoch = 0
  const open = async () => {
    world.crash()
    const host = await openHost(runMachine(), { journal, clock, driver: world.driver(), epoch: ++epoch })
    await host.idle()
    await host.send({ type: 'host.joined', hostId: 'here', offers: ['*', 'tool/aider', 'tool/codex'] })
    return host
  }
  let host = await open()
  let asked = 0
  const ask = async (command: Ask) => {
    await host.send({ ...command, commandId: `c${++asked}` })
    await host.idle()
  }
  await ask({ type: 'limits.set', limits: { slots: 1 + random.below(4) } })
  for (const id of random.chance(0.3) ? ['one', 'two'] : ['one'])
    await ask({ type: 'run.start', run: isCalm ? calmRun(id) : randomRun(random, id) })
  for (let turn = 0; turn < 200; turn++) {
    const next = clock.next()
    if (next !== undefined) clock.advanceTo(next)
    await host.idle()
    if (isCalm && next === undefined) break
    if (isCalm) continue
    if (random.chance(0.04)) host = await open()
    const ghost = random.chance(0.2) ? world.lastWords.shift() : undefined
    if (ghost !== undefined) await host.send(ghost)
    if (random.chance(0.1) || next === undefined)
      for (const wish of wishes(host.state, random)) await ask(wish)
  }
  await host.idle()
  const events: LoggedEvent[] = []
  for await (const event of readEvents(journal)) events.push(event)
  return { journal, events, state: host.state }
}

const plan: PlanInput = {
  version: 1,
  id: 'plan_1',
  name: 'sample',
  concurrency: 2,
  budget: { usd: 50 },
  checks: { lint: { run: 'true' }, unit: { run: 'true' } },
  merge: { checks: ['lint', 'unit'] },
  workstreams: [
    {
      id: 'core',
      claims: ['src/**'],
      tasks: [
        { id: 'n1', label: 'middle ware', tool: 'aider', prompt: 'x', estimate: { usd: 4, minutes: 15 } },
      ],
    },
    {
      id: 'tests',
      claims: ['tests/**'],
      tasks: [
        { id: 'n2', needs: ['n1'], tool: 'codex', prompt: 'x' },
        { id: 'n3', run: 'true' },
      ],
    },
    {
      id: 'check',
      claims: [],
      needs: ['core', 'tests'],
      tasks: [{ id: 'n4', tool: 'claude', prompt: 'x', role: 'verify', outputs: ['verification.json'] }],
    },
  ],
}

function calmRun(id: string): RunSpec {
  return resolveRun(Plan.parse(plan), { runId: id, user: 'ada' })
}

/** A plan in which anything that the records speak of happens now and then. */
function randomRun(random: Random, id: string): RunSpec {
  const ids: string[] = []
  const workstreams = Array.from({ length: 1 + random.below(4) }, (_, stream) => ({
    id: `w${stream}`,
    claims: random.chance(0.2) ? [] : [random.pick(['src/a/**', 'src/**', 'docs/*.md', 'test/**'])],
    tasks: Array.from({ length: 1 + random.below(3) }, (_, n) => {
      const task = `t${stream}-${n}`
      const needs = ids.filter(() => random.chance(0.15))
      ids.push(task)
      const work = random.chance(0.7)
        ? { tool: random.pick(['aider', 'codex', 'person']), prompt: 'x' }
        : { run: 'true' }
      return {
        id: task,
        needs,
        ...work,
        ...(random.chance(0.3) ? { label: `label of ${task}` } : {}),
        ...(random.chance(0.3) ? { phase: random.pick(['plan', 'build']) } : {}),
        ...(random.chance(0.5)
          ? { estimate: { usd: 1 + random.below(3), minutes: 1 + random.below(9) } }
          : {}),
        required: random.chance(0.8),
      }
    }),
  }))
  const budget = random.chance(0.4) ? { budget: { usd: 60 } } : {}
  const spec = resolveRun(Plan.parse({ ...plan, id: `plan-${id}`, name: id, ...budget, workstreams }), {
    runId: id,
    user: 'ada',
  })
  return spec
}

const failures: readonly Failure[] = [
  { reason: 'exited', exitCode: 3, tail: 'no such file' },
  { reason: 'timed-out', afterMs: 1, limit: 'run' },
  { reason: 'lost' },
  { reason: 'lost' },
  { reason: 'rate-limited' },
  { reason: 'auth', detail: 'no key' },
]

function attemptScript(random: Random, isCalm: boolean): AttemptScript {
  const durationMs = 1_000 + random.below(600_000)
  const costUsd = random.below(9) / 7
  const common = { durationMs, costUsd, meteredAt: random.chance(0.3) ? [0.5] : [] }
  if (isCalm || random.chance(0.6)) return { ...common, outcome: { kind: 'succeeded', commit: 'c0ffee' } }
  if (random.chance(0.2))
    return { ...common, outcome: { kind: 'breached', breach: { breach: 'outside-claims', paths: ['x'] } } }
  return { ...common, outcome: { kind: 'failed', failure: random.pick(failures) } }
}

function landingOutcome(random: Random, isCalm: boolean): LandingOutcome {
  if (isCalm || random.chance(0.7)) return { kind: 'landed', commit: 'feed' }
  return random.pick<LandingOutcome>([
    { kind: 'conflicted', paths: ['x'] },
    { kind: 'rejected', checks: ['unit.abc123'] },
    { kind: 'lost' },
  ])
}

/** What a person may do now. */
function wishes({ runs }: RunMachineState, random: Random): Ask[] {
  const run = random.pick([...runs.values()])
  const runId = run.id
  const workstreamId = random.pick([...run.workstreams.keys()])
  const taskId = random.pick([...run.tasks.keys()])
  const waits = run.waits.map(({ id, waitsFor }): Ask => {
    if (waitsFor === 'done') return { type: 'task.done', runId, taskId: id }
    if (waitsFor === 'approve') return { type: 'workstream.approve', runId, workstreamId: id }
    return { type: random.chance(0.5) ? 'workstream.release' : 'workstream.discard', runId, workstreamId: id }
  })
  const whim = random.pick<Ask>([
    { type: 'run.pause', runId },
    { type: 'run.resume', runId, budgetUsd: 500 },
    { type: 'run.resume', runId },
    { type: 'workstream.retry', runId, workstreamId },
    { type: 'task.retry', runId, taskId },
    { type: 'workstream.discard', runId, workstreamId },
    { type: 'run.archive', runId },
  ])
  return whim.type === 'run.archive' && runs.size === 1 ? waits : [...waits, whim]
}
