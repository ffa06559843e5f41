// Who a process is, so that "gone" can be proven: a number alone is used again. An identity names the machine,
// its boot, the namespace, the process and when it started. What cannot be told counts as alive.
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** The identity of a living process, or `undefined` if there is none or it cannot be told. */
function identifyProcess(pid: number): string | undefined {
  const started = startOf(pid)
  return started === undefined ? undefined : [hostname(), bootId(), namespace(), pid, started].join(' ')
}

/** This process. Where nothing can be told, an identity that no look-up proves gone. */
export function ownIdentity(): string {
  return identifyProcess(process.pid) ?? `${hostname()} ${bootId()} unknown ${process.pid} -`
}

/** Whether the process of an identity is proven gone. */
export function isProcessGone(identity: string): boolean {
  const [host, boot, space, pid, ...started] = identity.split(' ')
  if (host !== hostname()) return false
  if (boot !== bootId()) return true
  if (space !== namespace() || !canSeeProcesses()) return false
  return startOf(Number(pid)) !== started.join(' ')
}

/** When a process started; the unit is the platform's, only equality means something. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStat(pid)?.[19]
  try {
    const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim().replaceAll(/\s+/g, '_') || undefined
  } catch {
    return undefined
  }
}

/** Whether processes of others can be looked at here. */
export function canSeeProcesses(): boolean {
  return process.platform !== 'win32' && startOf(process.pid) !== undefined
}

/** The fields behind the command's name, which may hold spaces and brackets itself. */
export function linuxStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; it only waits to be counted.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields
  } catch {
    return undefined
  }
}

/** When this machine started, by its wall clock; only Linux tells. */
export function bootTimeMs(): number | undefined {
  try {
    const seconds = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]
    return seconds === undefined ? undefined : Number(seconds) * 1_000
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return '-'
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '-'
  }
}

/** Whether no process has this number here now. */
export function isPidGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
