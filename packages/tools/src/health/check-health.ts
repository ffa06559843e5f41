import type { Clock } from '@ws/core'
import { toolKey } from '@ws/core'
import { isoTime } from './iso-time.ts'
import type { HealthSnapshot, ToolHealthEntry } from './health-snapshot.ts'
import { judgeHealth, versionIn } from './judge-health.ts'
import type { Probe, ProbeAnswer } from './probe.ts'
import { UsualTimes } from './usual-times.ts'

/** A tool as far as its health needs to know it; an entry of the registry is one. */
export interface ProbedTool {
  readonly name: string
  readonly healthCommand: readonly string[]
  readonly versionCommand: readonly string[]
  readonly detectCommands?: readonly (readonly string[])[] | undefined
}

/** How tools are looked at. */
export interface CheckHealthOptions {
  readonly probe: Probe
  readonly clock: Clock
  /** How long each may take. @default 5000 */
  readonly timeoutMs?: number
  /** What each usually takes; it learns from what is found. */
  readonly usual?: UsualTimes
  readonly signal?: AbortSignal
}

/** Looks at all tools side by side, and says how each is. */
export async function checkHealth(
  tools: readonly ProbedTool[],
  { probe, clock, timeoutMs = 5_000, usual = new UsualTimes(), signal }: CheckHealthOptions,
): Promise<HealthSnapshot> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) }
  const found = await Promise.all(
    tools.map(async (tool): Promise<readonly [string, ToolHealthEntry]> => {
      const isOne = JSON.stringify(tool.healthCommand) === JSON.stringify(tool.versionCommand)
      const health = firstThere(tool, tool.healthCommand, probe, options)
      const version = isOne ? health : firstThere(tool, tool.versionCommand, probe, options)
      const key = toolKey(tool.name)
      const answer = await health
      const verdict = judgeHealth(answer, { usualMs: usual.of(key), timeoutMs })
      const responseTimeMs = answer.answer === 'missing' ? null : Math.round(answer.responseTimeMs)
      if (verdict.status === 'healthy' && responseTimeMs !== null) usual.add(key, responseTimeMs)
      const entry = {
        ...verdict,
        version: versionOf(await version),
        last_check: isoTime(clock.now()),
        response_time_ms: responseTimeMs,
      }
      return [tool.name, entry]
    }),
  )
  return Object.fromEntries(found)
}

/** Where the program of a command is missing, those that may stand for it are tried. */
async function firstThere(
  { detectCommands = [] }: ProbedTool,
  command: readonly string[],
  probe: Probe,
  options: Parameters<Probe>[1],
): Promise<ProbeAnswer> {
  const [own, ...args] = command
  const programs = new Set([own, ...detectCommands.map(([program]) => program)])
  for (const program of programs) {
    if (program === undefined) continue
    const answer = await probe([program, ...args], options)
    if (answer.answer !== 'missing') return answer
  }
  return { answer: 'missing' }
}

function versionOf(answer: ProbeAnswer): string | null {
  return answer.answer === 'exited' && answer.exitCode === 0 ? (versionIn(answer.output) ?? null) : null
}
