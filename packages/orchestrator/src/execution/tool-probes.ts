import type { Clock, RunSpec } from '@ws/core'
import type { WorkEvent } from '@ws/store/records'
import { checkHealth, type Probe, type ProbedTool, type ToolHealthEntry, UsualTimes } from '@ws/tools'

/** Who is asked, and who hears of it. */
export interface ToolProbesOptions {
  readonly clock: Clock
  readonly probe: Probe
  /** Of a run's tools, those that can be asked. */
  readonly toolsOf: (run: RunSpec) => Promise<readonly ProbedTool[]>
  /** Whether a run still goes on here. */
  readonly goesOn: (runId: string) => boolean
  readonly tell: (event: WorkEvent) => void
  /** How long a program may take. @default 5000 */
  readonly timeoutMs?: number
}

/** How often it is looked again while a run goes on. */
const everyMs = 60_000

/**
 * Asks the tools of each run how they are, side by side, when it begins and every minute in it. Nobody waits for the
 * answers: they are for those who watch, and a tool that cannot be used is found out by its task as well.
 */
export class ToolProbes {
  readonly #options: ToolProbesOptions
  readonly #usual = new UsualTimes()
  readonly #told = new Map<string, string>()
  readonly #watched = new Map<string, () => void>()
  readonly #looking = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  constructor(options: ToolProbesOptions) {
    this.#options = options
  }

  /** Begins to look at the tools of a run. */
  watch(run: RunSpec): void {
    if (this.#watched.has(run.id) || this.#stop.signal.aborted) return
    this.#watched.set(run.id, () => {})
    this.#begin(run)
  }

  /** Resolves when nobody is asked any more, and what was started for it is gone. */
  async close(): Promise<void> {
    this.#stop.abort()
    for (const cancel of this.#watched.values()) cancel()
    await Promise.all(this.#looking)
  }

  #begin(run: RunSpec): void {
    // A tool that cannot be asked costs its line, not the run.
    const looking: Promise<void> = this.#look(run)
      .catch(() => {})
      .finally(() => this.#looking.delete(looking))
    this.#looking.add(looking)
  }

  async #look(run: RunSpec): Promise<void> {
    const { clock, probe, toolsOf, goesOn, timeoutMs } = this.#options
    const tools = await toolsOf(run)
    if (tools.length === 0) return
    const { signal } = this.#stop
    const found = await checkHealth(tools, {
      ...{ probe, clock, usual: this.#usual, signal },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    // Who was told to stop has answered nothing.
    if (signal.aborted) return
    for (const [tool, entry] of Object.entries(found)) this.#tell(tool, entry)
    if (!goesOn(run.id)) return void this.#watched.delete(run.id)
    this.#watched.set(
      run.id,
      clock.wakeAt(clock.now() + everyMs, () => this.#begin(run)),
    )
  }

  /** What is as it was need not be written down again. */
  #tell(tool: string, { status, version, response_time_ms: responseMs, warning }: ToolHealthEntry): void {
    const facts = JSON.stringify([status, version, warning])
    if (this.#told.get(tool) === facts) return
    this.#told.set(tool, facts)
    this.#options.tell({
      ...{ type: 'tool.measured', tool, health: status },
      ...(version === null ? {} : { version }),
      ...(responseMs === null ? {} : { responseMs }),
      ...(warning === undefined ? {} : { detail: warning }),
    })
  }
}
