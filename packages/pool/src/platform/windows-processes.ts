import { hostname } from 'node:os'
import type { ProcessRow, ProcessTable, ProcessUsage } from './process-table.ts'
import { outputOf } from './run-tool.ts'

/** Runs a program of Windows and resolves to what it printed. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>

const query = (filter: string) =>
  `Get-CimInstance Win32_Process${filter} | ForEach-Object { '{0} {1} {2} {3} {4}' -f $_.ProcessId, $_.ParentProcessId, $_.CreationDate.Ticks, ($_.KernelModeTime + $_.UserModeTime), $_.WorkingSetSize }`

/**
 * Processes as Windows tells them. There is no group and no way to read another process's environment: a tree is
 * ended by `taskkill /T /F`, and what left its tree is only found while its parent lives.
 */
export function windowsProcesses(run: RunProgram = outputOf): ProcessTable {
  const ask = (filter = '') =>
    run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query(filter)])
  const find = async (pid: number) => parseProcesses(await ask(` -Filter "ProcessId=${pid}"`))[0]
  return {
    // Creation is told in units of 100 ns since the year 1: no boot has to be known beside it.
    scope: { host: hostname(), boot: '-', space: '-' },
    list: async () => parseProcesses(await ask()),
    find,
    marked: () => Promise.resolve([]),
    async signalGroup(pid, signal) {
      // A console program without a window hears nothing of a polite `taskkill`.
      if (signal === 'SIGKILL') await run('taskkill.exe', ['/PID', String(pid), '/T', '/F'])
    },
    async kill(row) {
      if ((await find(row.pid))?.start === row.start)
        await run('taskkill.exe', ['/PID', String(row.pid), '/T', '/F'])
    },
    async usage(pids) {
      if (pids.length === 0) return new Map()
      return parseProcessUsage(await ask(` -Filter "${pids.map((pid) => `ProcessId=${pid}`).join(' OR ')}"`))
    },
  }
}

/** Lines of five numbers: process, parent, creation in ticks, processor time in 100 ns, bytes of memory. */
export function parseProcesses(text: string): ProcessRow[] {
  return linesOf(text).map(([pid, parent, start]) => ({ pid: Number(pid), parent: Number(parent), start }))
}

/** The same lines, as usage. */
export function parseProcessUsage(text: string): Map<number, ProcessUsage> {
  return new Map(
    linesOf(text).map(([pid, , , time, bytes]) => [
      Number(pid),
      { cpuMs: Math.round(Number(time) / 10_000), rssBytes: Number(bytes) },
    ]),
  )
}

function linesOf(text: string): [string, string, string, string, string][] {
  return text.split('\n').flatMap((line): [string, string, string, string, string][] => {
    const [, pid, parent, start, time, bytes] = /^(\d+) (\d+) (\d+) (\d+) (\d+)\s*$/.exec(line) ?? []
    if (!pid || !parent || !start || !time || !bytes) return []
    return [[pid, parent, start, time, bytes]]
  })
}
