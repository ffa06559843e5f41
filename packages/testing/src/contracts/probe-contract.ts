import assert from 'node:assert/strict'
import { readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { ContractCase } from '../journal-contract/journal-contract.ts'
import { startTime } from '../track-resources.ts'
import { withTempDir } from '../with-temp-dir.ts'

/** The `Probe` of `@ws/tools`: starts a program, waits for its end, and says how it went. */
export type ContractProbe = (
  argv: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<
  | {
      readonly answer: 'exited'
      readonly exitCode: number | null
      readonly output: string
      readonly responseTimeMs: number
    }
  | { readonly answer: 'none'; readonly responseTimeMs: number }
  | { readonly answer: 'missing' }
>

const patience = { timeoutMs: 600_000 }

const program = (code: string) => [process.execPath, '-e', code]

/** Notes itself, and a child of its own, as soon as both run; neither goes by itself. */
const stubborn = (file: string) => `
  const { spawn } = require('node:child_process')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' })
  require('node:fs').writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + child.pid)
  setInterval(() => {}, 1e6)`

/** Resolves with the numbers that are written into a file of this folder. */
function written(folder: string): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const watcher = watch(folder, () => {
      const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number)
      if (pids.length < 2) return
      watcher.close()
      resolve(pids)
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return startTime(pid) !== 'ended'
  } catch {
    return false
  }
}

/** What every `Probe` must do. */
export const probeContract: readonly ContractCase<ContractProbe>[] = [
  {
    title: 'tells the exit code and what was said, standard output first',
    async run(probe) {
      const answer = await probe(
        program(`console.error('beta'); console.log('1.2.3'); process.exitCode = 3`),
        patience,
      )
      assert.equal(answer.answer, 'exited')
      if (answer.answer !== 'exited') return
      assert.equal(answer.exitCode, 3)
      assert.match(answer.output, /1\.2\.3\s+beta/)
      assert.ok(answer.responseTimeMs >= 0)
    },
  },
  {
    title: 'gives no exit code where a signal ended it',
    async run(probe) {
      const answer = await probe(program(`process.kill(process.pid, 'SIGKILL')`), patience)
      assert.equal(answer.answer, 'exited')
      if (answer.answer === 'exited' && process.platform !== 'win32') assert.equal(answer.exitCode, null)
    },
  },
  {
    title: 'says that there is no such program, and does not reject',
    async run(probe) {
      assert.deepEqual(await probe(['ws-no-such-program', '--version'], patience), { answer: 'missing' })
    },
  },
  {
    title: 'takes its arguments as they are: there is no shell',
    async run(probe) {
      const odd = '$HOME `id` "; exit 7'
      const answer = await probe([...program('console.log(process.argv[1])'), odd], patience)
      assert.equal(answer.answer === 'exited' ? answer.output.trim() : answer.answer, odd)
    },
  },
  {
    title: 'gives the program an input that ends',
    async run(probe) {
      const code = `process.stdin.on('end', () => console.log('ended')).resume()`
      const answer = await probe(program(code), patience)
      assert.equal(answer.answer === 'exited' ? answer.output.trim() : answer.answer, 'ended')
    },
  },
  {
    title: 'reads a program that says more than anybody wants to know to its end',
    async run(probe) {
      const answer = await probe(program(`process.stdout.write('x'.repeat(4_000_000))`), patience)
      assert.equal(answer.answer, 'exited')
      assert.ok(answer.answer === 'exited' && answer.output.length < 1_000_000)
    },
  },
  {
    title: 'ends what does not answer, with all that it started',
    run: (probe) =>
      withTempDir(async (folder) => {
        const stop = new AbortController()
        const noted = written(folder)
        const answering = probe(program(stubborn(join(folder, 'pids'))), { ...patience, signal: stop.signal })
        const pids = await noted
        stop.abort()
        assert.equal((await answering).answer, 'none')
        assert.deepEqual(pids.filter(isAlive), [])
      }),
  },
  {
    title: 'waits no longer than it is told to',
    async run(probe) {
      const answer = await probe(program('setInterval(() => {}, 1e6)'), { timeoutMs: 50 })
      assert.equal(answer.answer, 'none')
    },
  },
]
