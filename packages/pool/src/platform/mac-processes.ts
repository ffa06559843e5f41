import { hostname } from 'node:os'
import { isMarked } from './linux-processes.ts'
import { markVariable, type ProcessRow, type ProcessTable, type ProcessUsage } from './process-table.ts'
import { outputOf } from './run-tool.ts'

/** Runs `ps` with these arguments and resolves to what it printed. */
export type RunPs = (args: readonly string[]) => Promise<string>

/** Processes as `ps` shows them, on macOS and its relatives. `boot` is what `sysctl -n kern.boottime` says. */
export function macProcesses(boot: string, runPs: RunPs = (args) => outputOf('/bin/ps', args)): ProcessTable {
  const columns = 'pid=,ppid=,state=,lstart='
  const find = async (pid: number) =>
    parsePs(await runPs(['-o', columns, '-p', String(pid)])).find((row) => row.pid === pid)
  return {
    scope: { host: hostname(), boot, space: '-' },
    list: async () => parsePs(await runPs(['-ax', '-o', columns])),
    find,
    async marked(marks) {
      // The mark first, then who it is: `kill` looks again.
      const pids = new Set(markedPids(await runPs(['-axEww', '-o', 'pid=,command=']), marks))
      if (pids.size === 0) return []
      return parsePs(await runPs(['-ax', '-o', columns])).filter(({ pid }) => pids.has(pid))
    },
    signalGroup: (pid, signal) => send(-pid, signal),
    async kill(row) {
      if ((await find(row.pid))?.start === row.start) send(row.pid, 'SIGKILL')
    },
    usage: async (pids) =>
      pids.length === 0
        ? new Map()
        : parsePsUsage(await runPs(['-o', 'pid=,time=,rss=', '-p', pids.join(',')])),
  }
}

/** Lines of `ps -o pid=,ppid=,state=,lstart=`. */
export function parsePs(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state, start] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line) ?? []
    if (pid === undefined || start === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), start: start.replaceAll(/\s+/g, ' ') }]
  })
}

/** Lines of `ps -E -o pid=,command=`: the command, then its environment, divided by blanks. */
export function markedPids(text: string, marks: readonly string[]): number[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, rest = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    const words = rest.split(' ').filter((word) => word.startsWith(`${markVariable}=`))
    return pid !== undefined && words.some((word) => isMarked(word, marks)) ? [Number(pid)] : []
  })
}

/** Lines of `ps -o pid=,time=,rss=`: `1:02.03` or `1-02:03:04` of processor time, KiB of memory. */
export function parsePsUsage(text: string): Map<number, ProcessUsage> {
  const usages = new Map<number, ProcessUsage>()
  for (const line of text.split('\n')) {
    const [, pid, days = '0', time = '', rss] =
      /^\s*(\d+)\s+(?:(\d+)-)?([\d:.]+)\s+(\d+)\s*$/.exec(line) ?? []
    if (pid === undefined) continue
    const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    usages.set(Number(pid), {
      cpuMs: Math.round((Number(days) * 86_400 + seconds) * 1_000),
      rssBytes: Number(rss) * 1_024,
    })
  }
  return usages
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone.
  }
}
