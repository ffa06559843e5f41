import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { markVariable, type ProcessRow, type ProcessTable, type ProcessUsage } from './process-table.ts'

/** A look at so many processes takes about a millisecond; then others may go on. */
const perTurn = 128

/** Processes as `/proc` shows them. Reading it touches no disk, so it is read at once. */
export function linuxProcesses(): ProcessTable {
  return {
    scope: {
      host: hostname(),
      boot: read('/proc/sys/kernel/random/boot_id').trim(),
      space: linkOf('/proc/self/ns/pid'),
    },
    list: () => select((pid) => find(pid)),
    find,
    marked: (marks) =>
      select((pid) => {
        // First who it is, then what it was started with: were the number given on in between, `kill` would see it.
        const row = find(pid)
        return row !== undefined && isMarked(read(`/proc/${pid}/environ`), marks) ? row : undefined
      }),
    signalGroup(pid, signal) {
      send(-pid, signal)
    },
    kill(row) {
      // Nothing can come between the look and the signal but the end of the process itself within microseconds.
      if (find(row.pid)?.start === row.start) send(row.pid, 'SIGKILL')
    },
    usage(pids) {
      const usages = new Map<number, ProcessUsage>()
      for (const pid of pids) {
        const usage = parseUsage(read(`/proc/${pid}/stat`))
        if (usage !== undefined) usages.set(pid, usage)
      }
      return Promise.resolve(usages)
    },
  }
}

/** Whether one of `marks` stands in a block of `name=value`, divided by zeroes. */
export function isMarked(environment: string, marks: readonly string[]): boolean {
  const name = `${markVariable}=`
  const start = environment.startsWith(name) ? 0 : environment.indexOf(`\0${name}`) + 1
  if (start === 0 && !environment.startsWith(name)) return false
  const end = environment.indexOf('\0', start)
  const value = environment.slice(start + name.length, end < 0 ? undefined : end)
  // An instance of an instance carries the marks of both.
  return value.split(':').some((mark) => marks.includes(mark))
}

/** The fields behind the command's name, which may hold spaces and brackets itself. */
export function parseStat(pid: number, text: string): ProcessRow | undefined {
  const fields = fieldsOf(text)
  const [state, parent = ''] = fields
  const start = fields[19]
  // A zombie has ended; it only waits to be counted.
  if (start === undefined || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), start }
}

/** Processor time, own and of children that have ended, in hundredths of a second; memory in pages of 4 KiB. */
export function parseUsage(text: string): ProcessUsage | undefined {
  const fields = fieldsOf(text)
  if (fields[21] === undefined) return undefined
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { cpuMs: ticks * 10, rssBytes: Number(fields[21]) * 4_096 }
}

function fieldsOf(text: string): string[] {
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function find(pid: number): ProcessRow | undefined {
  return parseStat(pid, read(`/proc/${pid}/stat`))
}

async function select(choose: (pid: number) => ProcessRow | undefined): Promise<ProcessRow[]> {
  const rows: ProcessRow[] = []
  let looked = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const row = choose(Number(name))
    if (row !== undefined) rows.push(row)
    looked += 1
    if (looked % perTurn === 0) await nextTurn()
  }
  return rows
}

/** Empty where the process is gone, or somebody else's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '-'
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone.
  }
}
