import assert from 'node:assert/strict'
import type { AttemptOutput, AttemptWork, Execution, Executor, Job, Usage } from '@ws/core'
import type { ContractCase } from '../journal-contract/journal-contract.ts'

/** An executor of a case's own, and jobs that it can do. */
export interface ExecutorPlace {
  readonly executor: Executor
  /** A directory to work in. */
  readonly cwd: string
  readonly jobs: {
    /** Says something and is done. */
    readonly completes: Job
    /** Ends without having done its work. */
    readonly fails: Job
    /** Says something and goes on until it is ended. */
    readonly goesOn: Job
  }
}

interface Watched {
  readonly work: AttemptWork
  readonly output: AttemptOutput[]
  readonly usages: Usage[]
  readonly stop: AbortController
  /** Resolves when it has said something. */
  readonly begun: Promise<void>
  readonly ended: Promise<Execution>
}

/** Longer than any job of a test takes. */
const patienceMs = 600_000

let attempts = 0

function watch({ executor, cwd }: ExecutorPlace, job: Job, more: Partial<AttemptWork> = {}): Watched {
  const output: AttemptOutput[] = []
  const usages: Usage[] = []
  const stop = new AbortController()
  const begun = Promise.withResolvers<void>()
  const work = { ...workOn(cwd, job), ...more }
  const ended = executor.execute(work, {
    signal: stop.signal,
    onUsage: (usage) => usages.push(usage),
    onOutput: (piece) => {
      output.push(piece)
      begun.resolve()
    },
  })
  return { work, output, usages, stop, begun: begun.promise, ended }
}

const numbersOf = ({ costUsd, tokens, durationMs }: Usage) => [costUsd, tokens, durationMs]

/**
 * What every `Executor` must do, whatever it runs attempts with.
 *
 * @example
 * for (const { title, run } of executorContract) test(title, async () => run(await newPlace()))
 */
export const executorContract: readonly ContractCase<ExecutorPlace>[] = [
  {
    title: 'what does its work is completed, and what it says is told meanwhile',
    async run(place) {
      const { ended, output } = watch(place, place.jobs.completes)
      assert.equal((await ended).kind, 'completed')
      assert.ok(output.length > 0, 'nothing was told of what it says')
    },
  },
  {
    title: 'what does not is failed, with a reason, and nothing is thrown',
    async run(place) {
      const end = await watch(place, place.jobs.fails).ended
      assert.equal(end.kind, 'failed')
      assert.equal(typeof (end.kind === 'failed' && end.failure.reason), 'string')
    },
  },
  {
    title: 'usage is told in totals, which never fall, the last ones with the end',
    async run(place) {
      const { ended, usages } = watch(place, place.jobs.completes)
      const totals = [...usages, (await ended).usage].map(numbersOf)
      for (const [at, total] of totals.entries()) {
        for (const [part, value] of total.entries()) {
          assert.ok(Number.isFinite(value) && value >= 0, `${value} is no amount`)
          assert.ok(value >= (totals[at - 1]?.[part] ?? 0), 'a total has fallen')
        }
      }
    },
  },
  {
    title: 'what is told to stop in the middle is interrupted',
    async run(place) {
      const { begun, stop, ended } = watch(place, place.jobs.goesOn)
      await begun
      stop.abort()
      assert.equal((await ended).kind, 'interrupted')
    },
  },
  {
    title: 'what is told to stop before it began is interrupted too',
    async run(place) {
      const stopped = AbortSignal.abort()
      const work = workOn(place.cwd, place.jobs.goesOn)
      const context = { signal: stopped, onUsage: () => {}, onOutput: () => {} }
      assert.equal((await place.executor.execute(work, context)).kind, 'interrupted')
    },
  },
  {
    title: 'what takes longer than it may has timed out',
    async run(place) {
      const end = await watch(place, place.jobs.goesOn, { timeoutMs: 50 }).ended
      assert.equal(end.kind, 'failed')
      assert.deepEqual(end.kind === 'failed' && end.failure, {
        reason: 'timed-out',
        afterMs: 50,
        limit: 'run',
      })
    },
  },
  {
    title: 'attempts go on beside each other, and one that ends takes no other along',
    async run(place) {
      const long = watch(place, place.jobs.goesOn)
      await long.begun
      const said = long.output.length
      assert.equal((await watch(place, place.jobs.completes).ended).kind, 'completed')
      assert.equal((await watch(place, place.jobs.fails).ended).kind, 'failed')
      assert.equal(long.output.length, said, 'it was told what another one said')
      long.stop.abort()
      assert.equal((await long.ended).kind, 'interrupted')
    },
  },
  {
    title: 'sweeping after an attempt that is over, or that never was, is nothing, also twice',
    async run(place) {
      const { work, ended } = watch(place, place.jobs.completes)
      await ended
      for (const one of [work, work, { runId: 'contract', taskId: 'never', attempt: 7 }])
        await place.executor.sweep({ runId: one.runId, taskId: one.taskId, attempt: one.attempt })
      assert.equal((await watch(place, place.jobs.completes).ended).kind, 'completed')
    },
  },
  {
    title: 'closing it twice is closing it once',
    async run({ executor }) {
      await Promise.all([executor.close(), executor.close()])
      await executor.close()
    },
  },
]

function workOn(cwd: string, job: Job): AttemptWork {
  const of = { runId: 'contract', taskId: `task-${++attempts}`, attempt: 1, workstreamId: 'contract' }
  return { ...of, cwd, env: {}, job, timeoutMs: patienceMs, claims: [], files: [] }
}
