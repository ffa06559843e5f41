import { describe, expect, test } from 'vitest'
import type { ProcessRow, ProcessTable } from '../../src/platform/process-table.ts'
import { endTree } from '../../src/process/end-tree.ts'

const row = (pid: number, start = `start of ${pid}`, parent = 1): ProcessRow => ({ pid, parent, start })

/** Processes that are nothing but rows. `onKill` says what a kill makes of them. */
class FakeProcesses implements ProcessTable {
  readonly scope = { host: 'h', boot: 'b', space: 's' }
  readonly killed: number[] = []
  living: readonly ProcessRow[]
  marks: readonly number[] = []
  readonly #onKill: (row: ProcessRow, table: FakeProcesses) => void

  constructor(
    living: readonly ProcessRow[],
    onKill: (row: ProcessRow, table: FakeProcesses) => void = ({ pid }, table) => table.end(pid),
  ) {
    this.living = living
    this.#onKill = onKill
  }

  end(pid: number): void {
    this.living = this.living.filter((each) => each.pid !== pid)
  }

  list = () => Promise.resolve(this.living)
  find = (pid: number) => this.living.find((each) => each.pid === pid)
  marked = () => Promise.resolve(this.living.filter(({ pid }) => this.marks.includes(pid)))
  signalGroup = () => {}
  usage = () => Promise.resolve(new Map())
  kill = (killed: ProcessRow) => {
    this.killed.push(killed.pid)
    this.#onKill(killed, this)
  }
}

describe('the end of a tree', () => {
  test('kills what was seen and what is marked, each once where once is enough', async () => {
    const processes = new FakeProcesses([row(5), row(6), row(7), row(8)])
    processes.marks = [6, 7]
    expect(await endTree({ processes, seen: [row(5), row(6)], marks: ['m'] })).toEqual([])
    expect(new Set(processes.killed)).toEqual(new Set([5, 6, 7]))
    expect(processes.killed).toHaveLength(3)
    expect(processes.living).toEqual([row(8)])
  })

  test('does not touch a stranger who has the number of one that was seen', async () => {
    const processes = new FakeProcesses([row(5, 'a stranger’s start'), row(6)])
    expect(await endTree({ processes, seen: [row(5), row(6)], marks: ['m'] })).toEqual([])
    expect(processes.killed).toEqual([6])
  })

  test('does not touch a stranger who gets a number while the rest is ended', async () => {
    const processes = new FakeProcesses([row(5), row(6)], ({ pid }, table) => {
      table.end(pid)
      if (pid === 6) table.living = [...table.living, row(5, 'a stranger’s start')]
    })
    await endTree({ processes, seen: [row(5), row(6)], marks: ['m'] })
    expect(processes.killed).toEqual([5, 6])
    expect(processes.living).toEqual([row(5, 'a stranger’s start')])
  })

  test('finds in a later round who was forked while it looked', async () => {
    const processes = new FakeProcesses([row(5)], ({ pid }, table) => {
      table.end(pid)
      if (pid >= 8) return
      table.living = [row(pid + 1)]
      table.marks = [pid + 1]
    })
    expect(await endTree({ processes, seen: [row(5)], marks: ['m'] })).toEqual([])
    expect(processes.killed).toEqual([5, 6, 7, 8])
  })

  test('says who would not go, after some time', async () => {
    const processes = new FakeProcesses([row(5), row(6)], ({ pid }, table) => {
      if (pid === 6) table.end(pid)
    })
    expect(await endTree({ processes, seen: [row(5), row(6)], marks: [] })).toEqual([row(5)])
  })
})
