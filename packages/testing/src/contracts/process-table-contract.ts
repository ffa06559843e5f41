import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ContractCase } from '../journal-contract/journal-contract.ts'

/** A living process, as the `ProcessTable` of `@ws/pool` knows it. */
export interface ContractProcessRow {
  readonly pid: number
  readonly parent: number
  readonly start: string
}

/** The `ProcessTable` of `@ws/pool`: what it knows and does about the processes of a machine. */
export interface ContractProcessTable {
  readonly scope: { readonly host: string; readonly boot: string; readonly space: string }
  list(): Promise<readonly ContractProcessRow[]>
  find(pid: number): ContractProcessRow | undefined | Promise<ContractProcessRow | undefined>
  marked(marks: readonly string[]): Promise<readonly ContractProcessRow[]>
  signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void | Promise<void>
  kill(row: ContractProcessRow): void | Promise<void>
  usage(
    pids: readonly number[],
  ): Promise<ReadonlyMap<number, { readonly cpuMs: number; readonly rssBytes: number }>>
}

/** A table of this machine. */
export interface ProcessTablePlace {
  readonly processes: ContractProcessTable
  /** The variable of the environment in which marks stand; absent where the platform shows nobody's environment. */
  readonly markVariable?: string
}

let marks = 0

/** A mark that nobody else has. */
function newMark(): string {
  return `contract-${process.pid}-${++marks}`
}

/** A number that no process has. */
const nobody = 999_999_999

/** A program in a group of its own, once it runs; it is gone afterwards, whatever became of it. */
async function withChild(
  body: (child: ChildProcess & { readonly pid: number }, closed: Promise<unknown>) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const code = `console.log('here'); setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['-e', code], {
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const closed = once(child, 'close')
  try {
    await once(child.stdout, 'data')
    const { pid } = child
    assert.ok(pid !== undefined)
    await body(Object.assign(child, { pid }), closed)
  } finally {
    child.kill('SIGKILL')
    await closed
  }
}

const pidsOf = (rows: readonly ContractProcessRow[]) => rows.map(({ pid }) => pid)

/** What every `ProcessTable` must do. */
export const processTableContract: readonly ContractCase<ProcessTablePlace>[] = [
  {
    title: 'finds this program, by the same row each time and in the list',
    async run({ processes }) {
      const own = await processes.find(process.pid)
      assert.equal(own?.pid, process.pid)
      assert.equal(own?.parent, process.ppid)
      assert.deepEqual(await processes.find(process.pid), own)
      assert.ok((await processes.list()).some(({ pid, start }) => pid === own?.pid && start === own.start))
    },
  },
  {
    title: 'finds a child with its parent while it lives, and nobody afterwards',
    run: ({ processes }) =>
      withChild(async (child, closed) => {
        const row = await processes.find(child.pid)
        assert.equal(row?.parent, process.pid)
        assert.ok(pidsOf(await processes.list()).includes(child.pid))
        child.kill('SIGKILL')
        await closed
        assert.equal(await processes.find(child.pid), undefined)
        assert.ok(!pidsOf(await processes.list()).includes(child.pid))
      }),
  },
  {
    title: 'knows by their marks those that were started with one, and no others',
    async run({ processes, markVariable }) {
      if (markVariable === undefined) return assert.deepEqual(await processes.marked(['any']), [])
      const mark = newMark()
      const variable = { [markVariable]: mark }
      await withChild(async (child) => {
        assert.deepEqual(pidsOf(await processes.marked(['another', mark])), [child.pid])
        assert.deepEqual(await processes.marked([newMark()]), [])
        assert.deepEqual(await processes.marked([]), [])
      }, variable)
      assert.deepEqual(await processes.marked([mark]), [])
    },
  },
  {
    title: 'kills the process that is meant, and nobody who has only its number',
    run: ({ processes }) =>
      withChild(async (child, closed) => {
        const row = await processes.find(child.pid)
        assert.ok(row !== undefined)
        await processes.kill({ ...row, start: `${row.start}0` })
        assert.deepEqual(await processes.find(child.pid), row)
        await processes.kill(row)
        await closed
        await processes.kill(row)
        await processes.kill({ pid: nobody, parent: 1, start: '1' })
      }),
  },
  {
    title: 'signals a group, and one that is gone is no error',
    run: ({ processes }) =>
      withChild(async (child, closed) => {
        await processes.signalGroup(child.pid, 'SIGTERM')
        await closed
        await processes.signalGroup(child.pid, 'SIGKILL')
      }),
  },
  {
    title: 'tells what processes use, and leaves out those that are gone',
    async run({ processes }) {
      const usage = await processes.usage([process.pid, nobody])
      assert.deepEqual([...usage.keys()], [process.pid])
      assert.ok((usage.get(process.pid)?.rssBytes ?? 0) > 1_000_000)
      assert.ok((usage.get(process.pid)?.cpuMs ?? -1) >= 0)
    },
  },
  {
    title: 'says of what machine, boot and space its numbers are',
    run({ processes: { scope } }) {
      for (const part of [scope.host, scope.boot, scope.space]) assert.equal(typeof part, 'string')
      assert.notEqual(scope.boot, '')
      return Promise.resolve()
    },
  },
]
