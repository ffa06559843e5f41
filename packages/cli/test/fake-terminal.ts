import type { Terminal } from '../src/terminal.ts'

/** A terminal that keeps what was written to it. */
export function fakeTerminal(cwd: string, more: Partial<Terminal> = {}) {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd },
    isLive: false,
    columns: 80,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    onInterrupt: () => () => {},
    exit: () => {},
    ...more,
  }
  return { terminal, out: () => out, err: () => err }
}
