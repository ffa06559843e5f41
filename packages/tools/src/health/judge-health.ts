import type { ProbeAnswer } from './probe.ts'
import type { ToolStatus } from './health-snapshot.ts'

/** How well a tool is, and what of it should be known. */
export interface HealthVerdict {
  readonly status: ToolStatus
  readonly warning?: string
}

/** So many times its own usual time is slow. */
const slowFactor = 3

/** Below this an answer is quick, whatever is usual: a program of 20 ms is not sick when it takes 70. */
const alwaysQuickMs = 500

/** What a probe says of a tool: its exit, its silence, its pace beside its own usual one. */
export function judgeHealth(
  answer: ProbeAnswer,
  { usualMs, timeoutMs }: { readonly usualMs?: number | undefined; readonly timeoutMs: number },
): HealthVerdict {
  switch (answer.answer) {
    case 'missing':
      return { status: 'missing', warning: 'the program was not found' }
    case 'none':
      return { status: 'unhealthy', warning: `no answer within ${timeoutMs / 1_000} s` }
    case 'exited':
      break
  }
  const { exitCode, responseTimeMs } = answer
  if (exitCode !== 0) {
    const how = exitCode === null ? 'it was ended by a signal' : `it exited with code ${exitCode}`
    return { status: 'degraded', warning: how }
  }
  const isSlow = usualMs !== undefined && responseTimeMs > Math.max(alwaysQuickMs, slowFactor * usualMs)
  return isSlow ? { status: 'degraded', warning: 'high latency' } : { status: 'healthy' }
}

/** The version in what a program says of itself. */
export function versionIn(output: string): string | undefined {
  return /(?<![\w.])v?(\d+\.\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.-]+)?)/.exec(output)?.[1]
}
