import { initialRecords, type RecordsState, type RunFacts } from './fold/records-state.ts'
import { takeEvent } from './fold/take-event.ts'
import type { LoggedEvent } from './logged-event.ts'
import type { LedgerLine } from './shapes/ledger-line.ts'
import type { MergeQueueFile } from './shapes/merge-queue-file.ts'
import { type RegisteredWorkstream, registeredOf } from './shapes/registered-workstream.ts'
import type { ReportFile } from './shapes/report-file.ts'
import type { RoadmapFile } from './shapes/roadmap-file.ts'
import type { RunSummary } from './shapes/run-result-shape.ts'
import type { RunStatusFile } from './shapes/run-status-file.ts'
import type { ToolHealthFile } from './shapes/tool-health-file.ts'
import type { VerificationFile } from './shapes/verification-file.ts'
import type { WorkstreamRecord } from './shapes/workstream-record.ts'
import { type LogLine, logLine } from './views/log-line.ts'
import { mergeQueueOf } from './views/merge-queue-of.ts'
import { reportMarkdown } from './views/report-markdown.ts'
import { reportOf } from './views/report-of.ts'
import { roadmapOf } from './views/roadmap-of.ts'
import { runStatusOf } from './views/run-status-of.ts'
import { runSummaryOf } from './views/run-summary-of.ts'
import { toolHealthOf } from './views/tool-health-of.ts'
import { verificationOf } from './views/verification-of.ts'
import { recordsOfRun, workstreamRecords } from './views/workstream-records.ts'

/** What people and other programs read of one run. */
export interface RunRecords {
  readonly runId: string
  readonly correlationId: string
  /** The run as it was started, with what was added since: enough to run it again. */
  readonly plan: unknown
  readonly status: RunStatusFile
  readonly summary: RunSummary
  readonly report: ReportFile
  readonly markdown: string
  /** Once any check or verifying task has said something. */
  readonly verification: VerificationFile | undefined
  /** The master record, and one for each workstream. */
  readonly records: readonly WorkstreamRecord[]
}

/**
 * Everything that is derived from the log: fed with its events in order, it gives each view as it stands. A view is
 * computed when it is asked for, from the log alone; the same events give the same views, in one go or in parts.
 */
export class Records {
  readonly #state: RecordsState
  readonly #log: LogLine[] | undefined

  /** `keepsLog: false`: for who writes the log's sentences by reading it again. */
  constructor(state: RecordsState = initialRecords(), options: { readonly keepsLog?: boolean } = {}) {
    this.#state = state
    this.#log = (options.keepsLog ?? true) ? [] : undefined
  }

  /** The number of the last event that it was told; 0 for none. */
  get seq(): number {
    return this.#state.seq
  }

  /** What was told, as facts; read, never change. */
  get state(): RecordsState {
    return this.#state
  }

  /** Tells it what happened next; what it was told before is passed over. */
  take(logged: LoggedEvent): void {
    if (logged.seq <= this.#state.seq) return
    takeEvent(this.#state, logged)
    this.#log?.push(logLine(logged))
  }

  /** Ids of the runs that are not archived, in the order in which they were started. */
  get runIds(): readonly string[] {
    return [...this.#state.runs.keys()]
  }

  /** One run; `undefined` where there is none of that id, or it is archived. */
  run(runId: string): RunRecords | undefined {
    const run = this.#state.runs.get(runId)
    return run === undefined ? undefined : runRecords(run, this.#state)
  }

  /** The whole registry: runs, their workstreams, and what was made by hand. */
  get workstreams(): readonly WorkstreamRecord[] {
    return workstreamRecords(this.#state)
  }

  /** The workstreams that somebody made for later, in the order in which they were made. */
  get registered(): readonly RegisteredWorkstream[] {
    return [...this.#state.registry.values()].flatMap((record) => registeredOf(record) ?? [])
  }

  get queue(): MergeQueueFile {
    return mergeQueueOf(this.#state)
  }

  get health(): ToolHealthFile {
    return toolHealthOf(this.#state)
  }

  /** Every line, in the order of the log; archived runs keep theirs. */
  get ledger(): readonly LedgerLine[] {
    return this.#state.ledger
  }

  get roadmap(): RoadmapFile {
    return roadmapOf(this.#state)
  }

  /** Each event as its sentence, from a number on. */
  log({ fromSeq = 0 }: { readonly fromSeq?: number } = {}): Iterable<LogLine> {
    return (this.#log ?? []).filter(({ seq }) => seq >= fromSeq)
  }
}

/**
 * What a log's events add up to.
 *
 * @example
 * const records = await recordsOf(readEvents(journal))
 * console.log(records.run(runId)?.report)
 */
export async function recordsOf(
  events: Iterable<LoggedEvent> | AsyncIterable<LoggedEvent>,
): Promise<Records> {
  const records = new Records()
  for await (const event of events) records.take(event)
  return records
}

function runRecords(run: RunFacts, state: RecordsState): RunRecords {
  const report = reportOf(run, state)
  return {
    runId: run.id,
    correlationId: run.spec.correlationId,
    plan: run.spec,
    status: runStatusOf(run),
    summary: runSummaryOf(run),
    report,
    markdown: reportMarkdown(report),
    verification: verificationOf(run, state),
    records: recordsOfRun(run, state),
  }
}
