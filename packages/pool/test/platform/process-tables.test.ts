import { describe, expect, test } from 'vitest'
import { isMarked, linuxProcesses, parseStat, parseUsage } from '../../src/platform/linux-processes.ts'
import { macProcesses, markedPids, parsePs, parsePsUsage } from '../../src/platform/mac-processes.ts'
import { treeOf } from '../../src/platform/process-table.ts'
import { parseProcesses, parseProcessUsage, windowsProcesses } from '../../src/platform/windows-processes.ts'

describe('a tree of processes', () => {
  const row = (pid: number, parent: number, start = pid) => ({ pid, parent, start: String(start) })

  test('is the root and all below it', () => {
    const rows = [row(1, 0), row(5, 1), row(6, 5), row(7, 6), row(8, 1), row(9, 5)]
    expect(treeOf(rows, 5).map(({ pid }) => pid)).toEqual([5, 6, 9, 7])
    expect(treeOf(rows, 4)).toEqual([])
  })

  test('has nobody older than its parent, whose number was another one’s before, and no rings', () => {
    expect(treeOf([row(5, 1, 100), row(6, 5, 50), row(7, 5, 150)], 5).map(({ pid }) => pid)).toEqual([5, 7])
    expect(treeOf([row(5, 6, 1), row(6, 5, 1)], 5).map(({ pid }) => pid)).toEqual([5, 6])
  })
})

describe('processes on Linux', () => {
  const stat = (state: string) =>
    `77 (a b) c) ${state} 5 77 77 0 -1 4194560 1 2 3 4 150 50 10 5 20 0 1 0 98765 9000 300 18446744073709551615 0`

  test('are read from stat, whatever their names', () => {
    expect(parseStat(77, stat('S'))).toEqual({ pid: 77, parent: 5, start: '98765' })
    expect(parseStat(77, stat('Z'))).toBeUndefined()
    expect(parseStat(77, '')).toBeUndefined()
    expect(parseUsage(stat('S'))).toEqual({ cpuMs: 2_150, rssBytes: 300 * 4_096 })
    expect(parseUsage('')).toBeUndefined()
  })

  test('are known by a mark in their environment, that of an outer instance too', () => {
    const environment = 'PATH=/bin\0WS_INSTANCE=outer:inner\0OTHER=WS_INSTANCE=fake\0'
    expect(isMarked(environment, ['inner'])).toBe(true)
    expect(isMarked(environment, ['x', 'outer'])).toBe(true)
    expect(isMarked(environment, ['fake'])).toBe(false)
    expect(isMarked('WS_INSTANCE=a', ['a'])).toBe(true)
    expect(isMarked('XWS_INSTANCE=a\0', ['a'])).toBe(false)
    expect(isMarked('', ['a'])).toBe(false)
  })

  test.skipIf(process.platform !== 'linux')('are found, and one is this', async () => {
    const table = linuxProcesses()
    const own = await table.find(process.pid)
    expect(own).toMatchObject({ pid: process.pid, parent: process.ppid })
    expect(await table.list()).toContainEqual(own)
    expect((await table.usage([process.pid, 999_999_999])).get(process.pid)?.rssBytes).toBeGreaterThan(1e6)
    expect(await table.find(999_999_999)).toBeUndefined()
    expect(table.scope.boot).toMatch(/^[0-9a-f-]{36}$/)
    await table.signalGroup(999_999_999, 'SIGTERM')
    await table.kill({ pid: process.pid, parent: 0, start: 'another process' })
  })
})

describe('processes on macOS', () => {
  const listing = [
    '    1     0 Ss   Sat Nov 21 13:01:20 2026',
    '  501     1 S    Sat Nov 21 13:05:02 2026    ',
    '  502   501 R+   Sat Nov  7 09:05:02 2026',
    '  503   501 Z    Sat Nov 21 13:05:03 2026',
    'nonsense',
  ].join('\n')

  test('are lines of ps', () => {
    expect(parsePs(listing)).toEqual([
      { pid: 1, parent: 0, start: 'Sat Nov 21 13:01:20 2026' },
      { pid: 501, parent: 1, start: 'Sat Nov 21 13:05:02 2026' },
      { pid: 502, parent: 501, start: 'Sat Nov 7 09:05:02 2026' },
    ])
    expect(parsePsUsage('  501  1:02.50  2048\n  502 1-02:00:00.00 10\nx')).toEqual(
      new Map([
        [501, { cpuMs: 62_500, rssBytes: 2_097_152 }],
        [502, { cpuMs: 93_600_000, rssBytes: 10_240 }],
      ]),
    )
  })

  test('show their environment behind their command', () => {
    const text = ' 501 node -e x WS_INSTANCE=a:b HOME=/var/x\n 502 grep WS_INSTANCE=c\n 503 sh'
    expect(markedPids(text, ['b'])).toEqual([501])
    expect(markedPids(text, ['d'])).toEqual([])
  })

  test('are listed, found, searched and measured through ps', async () => {
    const calls: string[] = []
    const table = macProcesses('boot', (args) => {
      calls.push(args.join(' '))
      if (args.includes('-axEww')) return Promise.resolve('501 node WS_INSTANCE=m A=b')
      if (args.includes('pid=,time=,rss=')) return Promise.resolve('501 0:01.00 1')
      return Promise.resolve(listing)
    })
    expect((await table.list()).length).toBe(3)
    expect(await table.find(502)).toMatchObject({ parent: 501 })
    expect((await table.marked(['m'])).map(({ pid }) => pid)).toEqual([501])
    expect(await table.marked(['x'])).toEqual([])
    expect((await table.usage([501])).get(501)).toEqual({ cpuMs: 1_000, rssBytes: 1_024 })
    expect(await table.usage([])).toEqual(new Map())
    // Another start time: another process.
    await table.kill({ pid: 501, parent: 1, start: 'Sat Nov 21 00:00:00 2026' })
    await table.signalGroup(999_999_999, 'SIGTERM')
    expect(calls[0]).toBe('-ax -o pid=,ppid=,state=,lstart=')
  })
})

describe('processes on Windows', () => {
  const listing =
    '0 0 0 99 8192\r\n4 0 638000000000000000 15625000 147456\r\n\r\n88 4 638000000000000001 312500 1024\r\n'

  test('are lines of numbers', () => {
    expect(parseProcesses(listing)).toEqual([
      { pid: 0, parent: 0, start: '0' },
      { pid: 4, parent: 0, start: '638000000000000000' },
      { pid: 88, parent: 4, start: '638000000000000001' },
    ])
    expect(parseProcessUsage(listing).get(88)).toEqual({ cpuMs: 31, rssBytes: 1_024 })
  })

  test('are asked for in one query, and ended with their trees by taskkill', async () => {
    const calls: string[][] = []
    const table = windowsProcesses((program, args) => {
      calls.push([program, ...args])
      return Promise.resolve(args.join(' ').includes('ProcessId=88') ? listing.split('\r\n')[3]! : listing)
    })
    expect((await table.list()).length).toBe(3)
    expect(await table.find(88)).toEqual({ pid: 88, parent: 4, start: '638000000000000001' })
    expect(await table.marked(['m'])).toEqual([])
    expect((await table.usage([88])).size).toBe(1)
    expect(await table.usage([])).toEqual(new Map())
    calls.length = 0
    await table.signalGroup(88, 'SIGTERM')
    expect(calls).toEqual([])
    await table.signalGroup(88, 'SIGKILL')
    await table.kill({ pid: 88, parent: 4, start: '638000000000000001' })
    await table.kill({ pid: 88, parent: 4, start: 'another process' })
    expect(calls.filter(([program]) => program === 'taskkill.exe')).toEqual([
      ['taskkill.exe', '/PID', '88', '/T', '/F'],
      ['taskkill.exe', '/PID', '88', '/T', '/F'],
    ])
  })
})
