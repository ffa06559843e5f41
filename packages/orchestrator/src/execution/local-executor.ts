import type { AttemptWork, Execution, ExecutionContext, Executor, OfAttempt } from '@ws/core'
import { openProcessLedger, type ProcessLedger, sweepOrphans } from '@ws/pool'
import { executeCommand } from './command-run.ts'
import { type ToolRunOptions, ToolRuns } from './tool-run.ts'

/** What attempts run with on this machine. */
export type LocalExecutorOptions = ToolRunOptions

/** Opens the executor of this machine; what an earlier program left running ends first. */
export async function openLocalExecutor(options: LocalExecutorOptions): Promise<LocalExecutor> {
  await sweepOrphans(options.ledgerFolder)
  return new LocalExecutor(options, await openProcessLedger(options.ledgerFolder))
}

/** Runs attempts as processes of this machine: commands as they are, tools through a pool. */
export class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions
  readonly #ledger: ProcessLedger
  readonly #tools: ToolRuns

  /** Use `openLocalExecutor`. */
  constructor(options: LocalExecutorOptions, ledger: ProcessLedger) {
    this.#options = options
    this.#ledger = ledger
    this.#tools = new ToolRuns(options)
  }

  execute(work: AttemptWork, context: ExecutionContext): Promise<Execution> {
    const { job } = work
    if (job.kind === 'tool') return this.#tools.execute({ ...work, job }, context)
    const { clock, env } = this.#options
    return executeCommand(job.run, work, context, { clock, env, ledger: this.#ledger })
  }

  /** All processes of an earlier program ended when this one was opened; those of this one end with their attempt. */
  async sweep(_of: OfAttempt): Promise<void> {
    await sweepOrphans(this.#options.ledgerFolder)
  }

  /** Ends processes that were kept for work that does not come any more. */
  tidy(): Promise<void> {
    return this.#tools.tidy()
  }

  async close(): Promise<void> {
    await this.#tools.close()
    this.#ledger.close()
  }
}
