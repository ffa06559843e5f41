import { execFileSync, type StdioOptions } from 'node:child_process'
import { linuxProcesses } from './linux-processes.ts'
import { macProcesses } from './mac-processes.ts'
import type { ProcessTable } from './process-table.ts'
import { windowsProcesses } from './windows-processes.ts'

let own: ProcessTable | undefined

/** The processes of this machine. */
export function ownProcesses(): ProcessTable {
  own ??= tableFor(process.platform)
  return own
}

function tableFor(platform: NodeJS.Platform): ProcessTable {
  if (platform === 'linux') return linuxProcesses()
  return platform === 'win32' ? windowsProcesses() : macProcesses(bootTime())
}

/** Where it cannot be told, start times tell processes apart alone. */
function bootTime(): string {
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore']
    return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8', stdio }).trim()
  } catch {
    return '-'
  }
}
