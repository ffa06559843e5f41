// Processes of a check are known by a variable in their environment, which their children inherit: also those that
// left the process group. A process that clears its environment escapes; that takes intent.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The variable that every process of a check carries. */
export const markerName = 'WS_QUEUE_CHECKOUT'

/** The processes, other than this one, that carry a mark. */
export function findMarked(mark: string): number[] {
  if (process.platform === 'linux') return findInProc(`${markerName}=${mark}`)
  if (process.platform === 'win32') return []
  return findByPs(`${markerName}=${mark}`)
}

/** About a second; what has not gone by then sits in the kernel. */
const longestRounds = 250
const pauseMs = 4

/** Ends them for good, and waits until the kernel has; those that go on appearing are ended, too. */
export function endMarked(mark: string): void {
  for (let round = 0; round < longestRounds; round++) {
    const found = findMarked(mark)
    if (found.length === 0) return
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    Atomics.wait(pause, 0, 0, pauseMs)
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))

function findInProc(variable: string): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      if (readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable))
        found.push(Number(name))
    } catch {
      // Ended meanwhile, or somebody else's.
    }
  }
  return found
}

function findByPs(variable: string): number[] {
  try {
    const listed = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' })
    return listed.split('\n').flatMap((line) => {
      const pid = Number(/^\s*(\d+)/.exec(line)?.[1])
      return pid > 0 && pid !== process.pid && `${line} `.includes(` ${variable} `) ? [pid] : []
    })
  } catch {
    return []
  }
}
