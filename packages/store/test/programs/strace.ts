import { execFileSync } from 'node:child_process'

/** Whether system calls can be made to fail here. */
export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-e', 'trace=none', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The command within which the n-th call of each thread ends so: `error=EIO`, `signal=KILL`. */
export function failing(call: string, end: string, nth: number): string[] {
  return [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${end}:when=${nth}`,
  ]
}
