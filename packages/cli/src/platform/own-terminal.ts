import type { Terminal } from '../terminal.ts'
import { startDetached, tellBegun } from './start-detached.ts'

/** The terminal of this process. */
export function ownTerminal(): Terminal {
  const { stdout, stderr } = process
  // Whoever reads may go away first (`ws status | head`): that ends nothing.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  return {
    cwd: process.cwd(),
    env: process.env,
    isLive: stdout.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb',
    columns: stdout.columns ?? 80,
    hasColors: stdout.isTTY === true && process.env['TERM'] !== 'dumb',
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    onInterrupt: (listener) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
      return () => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
      }
    },
    exit: (code) => process.exit(code),
    detach: (args, logFile) => startDetached(args, { cwd: process.cwd(), logFile }),
    tellBegun,
  }
}
