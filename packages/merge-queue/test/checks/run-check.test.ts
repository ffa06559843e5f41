import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { systemClock } from '@ws/core'
import { parseObjectId } from '@ws/git'
import { scriptCheck } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import type { CheckDefinition } from '../../src/checks/check-definition.ts'
import { CheckoutPool } from '../../src/checks/checkout-pool.ts'
import { findMarked } from '../../src/checks/marked-processes.ts'
import { runCheck } from '../../src/checks/run-check.ts'
import type { CheckOutcome } from '../../src/queue/queue-input.ts'
import { type Opened, testEnvironment, withOpened } from '../opened.ts'

/** Somebody sets the wall clock, as far as nothing has passed. */
class SetClock extends ManualClock {
  #setBy = 0

  override monotonic(): number {
    return super.monotonic() - this.#setBy
  }

  setBy(ms: number): void {
    this.#setBy += ms
    this.advanceBy(ms)
  }
}

interface Bench extends Opened {
  readonly pool: CheckoutPool
  readonly clock: SetClock
  readonly stop: AbortController
  run(check: Partial<CheckDefinition> & Pick<CheckDefinition, 'run'>): Promise<CheckOutcome | undefined>
}

/** `withTime`: on a clock that moves only when it is told to. */
function withBench(body: (bench: Bench) => Promise<void>, withTime = false): Promise<void> {
  return withOpened(
    async (opened) => {
      const { temp, repository } = opened
      const pool = new CheckoutPool(repository, { caches: [], minFreeBytes: 0 })
      const clock = new SetClock(1_000)
      const stop = new AbortController()
      const commit = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const tree = parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
      const run: Bench['run'] = (check) =>
        runCheck(
          {
            check: {
              name: 'unit',
              timeoutMs: 60_000,
              env: {},
              config: [],
              inherits: [],
              checkout: true,
              ...check,
            },
            commit,
            tree,
            logFile: join(temp.folder, 'logs/unit.log'),
            signal: stop.signal,
          },
          { pool, clock: withTime ? clock : systemClock(), env: testEnvironment() },
        )
      await body({ ...opened, pool, clock, stop, run })
      // Whatever a test started has ended with its check.
      expect(findMarked(join(pool.root, '1'))).toEqual([])
      await pool.close()
    },
    { files: { 'a.txt': 'a\n' } },
  )
}

describe('a check', () => {
  it('passes or fails by its exit code, in a checkout, with its log', () =>
    withBench(async ({ temp, run }) => {
      const log = join(temp.folder, 'logs/unit.log')
      expect(await run({ run: 'cat a.txt; echo "$ANSWER"; pwd >&2', env: { ANSWER: '42' } })).toEqual({
        kind: 'passed',
        log,
      })
      expect(readFileSync(log, 'utf8')).toBe(`a\n42\n${temp.folder}/repository.queue/1\n`)
      expect(await run({ run: ['sh', '-c', 'printf "\\033[31mred\\033[0m\\n"; exit 3'] })).toEqual({
        kind: 'failed',
        detail: 'it ended with exit code 3',
        log,
        tail: `a\n42\n${temp.folder}/repository.queue/1\nred\n`,
      })
      expect(await run({ run: 'kill -SEGV $$' })).toMatchObject({
        kind: 'failed',
        detail: 'it was ended by SIGSEGV',
      })
    }))

  it('blames nobody for a program that is missing, or was killed from outside', () =>
    withBench(async ({ run }) => {
      for (const command of [['/nonexistent/program'], 'no-such-program --version', 'kill -KILL $$'])
        expect(await run({ run: command }), String(command)).toMatchObject({ kind: 'infrastructure' })
    }))

  it('blames nobody where there can be no checkout', () =>
    withBench(async ({ repository, run, pool }) => {
      const full = new CheckoutPool(repository, { caches: [], minFreeBytes: Number.MAX_SAFE_INTEGER })
      expect(full.root).toBe(pool.root)
      const commit = await repository.resolveCommit('main')
      const check = {
        name: 'unit',
        run: 'true',
        timeoutMs: 1,
        env: {},
        config: [],
        inherits: [],
        checkout: true,
      }
      const { signal } = new AbortController()
      const outcome = await runCheck(
        { check, commit, tree: await repository.treeOf(commit), logFile: 'unused', signal },
        { pool: full, clock: systemClock(), env: {} },
      )
      expect(outcome).toMatchObject({
        kind: 'infrastructure',
        detail: expect.stringMatching(/bytes are free/),
      })
      expect(await run({ run: 'true' })).toMatchObject({ kind: 'passed' })
    }))

  it('ends when its time is over, and takes along whatever it started', () =>
    withBench(async ({ temp, run, clock }) => {
      const program = await scriptCheck(temp.folder, [{ wait: 'for ever' }])
      // One that ignores being asked, with a child that left its group.
      const ending = run({
        run: `trap '' TERM; setsid ${program.command} & ${program.command}; wait`,
        timeoutMs: 5_000,
      })
      await program.started(2)
      clock.advanceBy(5_000)
      clock.advanceBy(2_000)
      expect(await ending).toMatchObject({ kind: 'timed-out', afterMs: 5_000 })
      expect(await program.runs()).toHaveLength(2)
    }, true))

  it('leaves nothing behind that it started and did not wait for', () =>
    withBench(async ({ temp, run }) => {
      const program = await scriptCheck(temp.folder, [{ wait: 'for ever' }])
      const runs = `${program.argv.at(-1)}/runs`
      const areUp = `[ "$(cat '${runs}' 2>/dev/null | wc -l)" -eq 2 ]`
      const command = `setsid ${program.command} & ${program.command} & until ${areUp}; do :; done`
      expect(await run({ run: command })).toMatchObject({ kind: 'passed' })
      expect(await program.runs()).toHaveLength(2)
    }))

  it('that nobody wants any more ends without an outcome', () =>
    withBench(async ({ temp, run, stop }) => {
      const program = await scriptCheck(temp.folder, [{ wait: 'for ever' }])
      const ending = run({ run: [...program.argv] })
      await program.started()
      stop.abort()
      expect(await ending).toBeUndefined()
    }))

  it('may be a function, with a checkout or without', () =>
    withBench(async ({ run, pool }) => {
      const seen: string[] = []
      const check = ({ path }: { readonly path: string }) => {
        seen.push(path === '' ? 'no checkout' : readFileSync(join(path, 'a.txt'), 'utf8'))
        return true
      }
      expect(await run({ run: check })).toEqual({ kind: 'passed' })
      expect(await run({ run: check, checkout: false })).toEqual({ kind: 'passed' })
      expect(seen).toEqual(['a\n', 'no checkout'])
      expect(await run({ run: () => false })).toEqual({ kind: 'failed', detail: 'it said no' })
      expect(await run({ run: () => ({ passed: false, detail: 'because' }) })).toMatchObject({
        detail: 'because',
      })
      expect(await run({ run: () => Promise.reject(new Error('no network')) })).toEqual({
        kind: 'infrastructure',
        detail: 'unit: no network',
      })
      expect((await pool.take(parseObjectId('4b825dc642cb6eb9a060e54bf8d69288fbee4904'))).path).toMatch(/1$/)
    }))

  it('that is a function has the time that really passes, whatever the wall clock is set to', () =>
    withBench(async ({ run, clock }) => {
      const called = Promise.withResolvers<AbortSignal>()
      const outcome = run({
        checkout: false,
        timeoutMs: 5_000,
        run: ({ signal }) => {
          called.resolve(signal)
          return new Promise<boolean>(() => {})
        },
      })
      const signal = await called.promise
      clock.setBy(3_600_000)
      expect(signal.aborted).toBe(false)
      clock.advanceBy(4_000)
      expect(signal.aborted).toBe(false)
      clock.advanceBy(1_000)
      expect(await outcome).toEqual({ kind: 'timed-out', afterMs: 5_000 })
    }, true))

  it('that is a function and does not listen keeps its checkout until it is done', () =>
    withBench(async ({ run, pool, clock, repository }) => {
      let finish: (passed: boolean) => void = () => {}
      const called = new Promise<void>((resolve) => {
        void (async () => {
          const outcome = await run({
            timeoutMs: 5_000,
            run: () => {
              resolve()
              return new Promise<boolean>((done) => (finish = done))
            },
          })
          expect(outcome).toEqual({ kind: 'timed-out', afterMs: 5_000 })
        })()
      })
      await called
      clock.advanceBy(5_000)
      const tree = await repository.treeOf(await repository.resolveCommit('main'))
      const other = await pool.take(tree)
      expect(other.path).toMatch(/2$/)
      finish(true)
    }, true))
})
