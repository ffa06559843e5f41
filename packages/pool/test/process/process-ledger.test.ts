import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  echoTool,
  sayReady,
  type ScriptedProcess,
  type ScriptedTool,
  startScriptedTool,
  withTempDir,
} from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { launchCluster } from '../../src/index.ts'
import { ownProcesses } from '../../src/platform/own-processes.ts'
import type { ProcessRow, ProcessTable } from '../../src/platform/process-table.ts'
import { openProcessLedger, readLedger, sweepOrphans } from '../../src/process/process-ledger.ts'
import { startTool } from '../scripted-process.ts'

const program = join(import.meta.dirname, '../programs/own-cluster.ts')

/** Runs a program of ours with instances of the tool until it is killed, as by the system. */
async function leaveOrphans(
  tool: ScriptedTool,
  ledger: string,
  body: (processes: readonly ScriptedProcess[]) => Promise<void>,
  count = 2,
): Promise<void> {
  const args = ['--conditions=@ws/source', program, ledger, String(count), JSON.stringify(tool.args)]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...tool.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const launched = once(child.stdout, 'data')
  const processes: ScriptedProcess[] = []
  while (processes.length < count) {
    const running = await tool.next()
    await sayReady(running)
    processes.push(running)
  }
  await launched
  await body(processes)
  child.kill('SIGKILL')
  await closed
}

const linux = process.platform === 'linux'

test.skipIf(!linux)('a program that ends without closing its cluster takes its tools along', () =>
  withTempDir(async (dir) => {
    const tool = await startScriptedTool()
    const args = ['--conditions=@ws/source', program, dir, '1', JSON.stringify(tool.args), 'exit']
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...tool.env },
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const closed = once(child, 'close')
    const running = await tool.next()
    await running.ignore('SIGTERM')
    await running.spawnChild({ ignoresTerm: true })
    await sayReady(running)
    expect(await closed).toEqual([0, null])
    await running.ended
    while (tool.survivors().length > 0) await new Promise((resolve) => setImmediate(resolve))
    await tool.close()
  }),
)

describe('a ledger of processes', () => {
  test.skipIf(!linux)('lets a later program end all that a killed one left, however it hides', () =>
    withTempDir(async (dir) => {
      const tool = await startScriptedTool()
      try {
        await leaveOrphans(tool, dir, async ([first, second]) => {
          await first?.ignore('SIGTERM')
          await first?.spawnChild({ isDoubleForked: true, isDetached: true, ignoresTerm: true })
          await second?.spawnChild({ isDetached: true })
          // Its own parent still leads to it.
          await second?.spawnChild({ isDetached: true, forgetsEnvironment: true })
        })
        expect(tool.survivors()).toHaveLength(5)
        const swept = await sweepOrphans(dir)
        expect(swept.survivors).toEqual([])
        expect(swept.ended).toHaveLength(5)
        expect(tool.survivors()).toEqual([])
        expect(readdirSync(dir)).toEqual([])
        expect(await sweepOrphans(dir)).toEqual({ ended: [], survivors: [] })
      } finally {
        await tool.close()
      }
    }),
  )

  test.skipIf(!linux)('makes the next cluster end what a killed one left before it starts its own', () =>
    withTempDir(async (dir) => {
      const tool = await startScriptedTool()
      try {
        await leaveOrphans(tool, dir, async ([first, second]) => {
          await first?.ignore('SIGTERM')
          await second?.spawnChild({ isDoubleForked: true, isDetached: true, ignoresTerm: true })
        })
        expect(tool.survivors()).toHaveLength(3)
        const next = await launchCluster(echoTool(), { count: 1, ledger: dir })
        const left = tool.survivors()
        await next.close()
        expect(left).toEqual([])
        expect(readdirSync(dir)).toEqual([])
      } finally {
        await tool.close()
      }
    }),
  )

  test.skipIf(!linux)('finds children of a tool that is gone itself', () =>
    withTempDir(async (dir) => {
      const tool = await startScriptedTool()
      try {
        await leaveOrphans(
          tool,
          dir,
          async ([only]) => {
            await only?.spawnChild({ isDoubleForked: true, isDetached: true })
          },
          1,
        )
        const [pid = 0] = tool.survivors()
        process.kill(pid, 'SIGKILL')
        await sweepOrphans(dir)
        expect(tool.survivors()).toEqual([])
      } finally {
        await tool.close()
      }
    }),
  )

  test('touches nothing of those who live', () =>
    withTempDir(async (dir) => {
      const tool = await startScriptedTool()
      const ledger = await openProcessLedger(dir)
      const started = await startTool(tool, { ledger })
      await tool.next()
      expect(await sweepOrphans(dir)).toEqual({ ended: [], survivors: [] })
      expect(tool.survivors()).toEqual([started.pid])
      await started.end({ cause: 'closed' }, { endOfInputMs: 1, termMs: 1 })
      const [file = ''] = readdirSync(dir)
      expect(readLedger(readFileSync(join(dir, file), 'utf8'))?.marks).toEqual([])
      ledger.close()
      expect(readdirSync(dir)).toEqual([])
      await tool.close()
    }))

  test('notes a number that the system takes a while to tell, unless it has ended by then', () =>
    withTempDir(async (dir) => {
      const told: ((row: ProcessRow) => void)[] = []
      const slow: ProcessTable = {
        ...ownProcesses(),
        find: (pid) =>
          pid === process.pid
            ? { pid, parent: 1, start: 'ours' }
            : new Promise<ProcessRow>((resolve) => told.push(resolve)),
      }
      const ledger = await openProcessLedger(dir, { processes: slow })
      const [file = ''] = readdirSync(dir)
      for (const [mark, pid] of [
        ['goes-on', 7],
        ['has-ended', 8],
      ] as const) {
        ledger.begin(mark)
        ledger.note(mark, pid)
      }
      ledger.end('has-ended')
      for (const [at, tell] of told.entries()) tell({ pid: 7 + at, parent: 1, start: 'then' })
      await new Promise((resolve) => setImmediate(resolve))
      const text = readFileSync(join(dir, file), 'utf8')
      expect(readLedger(text)?.noted).toEqual([{ mark: 'goes-on', pid: 7, start: 'then' }])
      expect(text).not.toContain('"pid":8')
      ledger.end('goes-on')
      ledger.close()
      expect(readdirSync(dir)).toEqual([])
    }))

  test('never touches a stranger who has a number that was ours', () =>
    withTempDir(async (dir) => {
      const tool = await startScriptedTool()
      const stranger = spawn(tool.command, tool.args, { env: tool.env, stdio: 'ignore' })
      const closed = once(stranger, 'close')
      await tool.next()
      const { scope } = ownProcesses()
      const lines = [
        { owner: { pid: 999_999_999, start: '1', ...scope } },
        { begin: 'a-mark' },
        { note: 'a-mark', pid: stranger.pid, start: '1' },
      ]
      writeFileSync(join(dir, 'x.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      expect(await sweepOrphans(dir)).toEqual({ ended: [], survivors: [] })
      expect(tool.survivors()).toEqual([stranger.pid])
      expect(readdirSync(dir)).toEqual([])
      await tool.close()
      await closed
    }))

  test('leaves what belongs to another machine, or cannot be read; what an earlier boot left is gone', () =>
    withTempDir(async (dir) => {
      const { scope } = ownProcesses()
      const write = (name: string, owner: object) =>
        writeFileSync(join(dir, name), `${JSON.stringify({ owner })}\n{"begin":"m"}\n`)
      write('elsewhere.jsonl', { pid: 1, start: '0', ...scope, host: 'elsewhere' })
      write('namespace.jsonl', { pid: 999_999_999, start: '0', ...scope, space: 'pid:[1]' })
      write('earlier.jsonl', { pid: 1, start: '0', ...scope, boot: 'earlier' })
      writeFileSync(join(dir, 'broken.jsonl'), '{"begin":"m"}\n')
      writeFileSync(join(dir, 'notes.txt'), 'mine')
      await sweepOrphans(dir)
      expect(readdirSync(dir).toSorted()).toEqual([
        'broken.jsonl',
        'elsewhere.jsonl',
        'namespace.jsonl',
        'notes.txt',
      ])
    }))

  test('believes whole lines only, and has no trouble with a folder that is not there', async () => {
    const owner = { pid: 1, start: '2', host: 'h', boot: 'b', space: 's' }
    const text = `${JSON.stringify({ owner })}\n{"begin":"a"}\n{"begin":"b"}\n{"end":"a"}\n{"note":"b","pid":9,"st`
    expect(readLedger(text)).toEqual({ owner, marks: ['b'], noted: [] })
    expect(await sweepOrphans('/nowhere/at/all')).toEqual({ ended: [], survivors: [] })
  })

  test('stays where something would not go', () =>
    withTempDir(async (dir) => {
      const real = ownProcesses()
      const row = { pid: 4_000_000, parent: 1, start: '5' }
      const stuck: ProcessTable = {
        ...real,
        list: () => Promise.resolve([row]),
        find: (pid) => (pid === row.pid ? row : undefined),
        marked: () => Promise.resolve([row]),
        kill: () => {},
      }
      mkdirSync(join(dir, 'ledger'))
      const file = join(dir, 'ledger', 'x.jsonl')
      appendFileSync(
        file,
        `${JSON.stringify({ owner: { pid: 7, start: '1', ...real.scope } })}\n{"begin":"m"}\n`,
      )
      expect(await sweepOrphans(join(dir, 'ledger'), { processes: stuck })).toEqual({
        ended: [],
        survivors: [row.pid],
      })
      expect(readdirSync(join(dir, 'ledger'))).toEqual(['x.jsonl'])
    }))
})
