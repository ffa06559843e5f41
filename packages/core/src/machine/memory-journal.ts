import { WsError } from '../errors/ws-error.ts'
import type { Journal, ReadOptions, Snapshot, Step, StepDraft, StepPosition } from './journal.ts'

/** A journal that lives as long as the process: for tests, simulation and embedders who keep nothing. */
export class MemoryJournal implements Journal {
  readonly #steps: Step[] = []
  readonly #versions = new Map<string, number>()
  readonly #snapshots = new Map<string, Snapshot>()
  #nextSeq = 1
  #epoch = 0

  append(step: StepDraft): Promise<StepPosition> {
    const version = this.#versions.get(step.stream) ?? 0
    if (step.epoch < this.#epoch) return Promise.reject(fenced(step.epoch, this.#epoch))
    if (step.expectedVersion !== version) return Promise.reject(stale(step, version))
    this.#epoch = step.epoch
    const { stream, epoch } = step
    // Copies have no room to grow in: most steps hold one input and a few events, and are kept for long.
    const [inputs, events] = [step.inputs.slice(), step.events.slice()]
    this.#steps.push({ stream, epoch, inputs, events, version: version + 1, firstSeq: this.#nextSeq })
    this.#versions.set(stream, version + 1)
    this.#nextSeq += events.length
    return Promise.resolve({ version: version + 1, nextSeq: this.#nextSeq })
  }

  async *read({ stream, afterVersion = 0, fromSeq = 0 }: ReadOptions = {}): AsyncGenerator<Step> {
    for (const step of this.#steps) {
      if (stream !== undefined && (step.stream !== stream || step.version <= afterVersion)) continue
      if (step.firstSeq + step.events.length <= fromSeq) continue
      yield step
    }
  }

  /** Every step so far, at once. */
  all(): readonly Step[] {
    return this.#steps
  }

  head(stream: string): Promise<StepPosition> {
    return Promise.resolve({ version: this.#versions.get(stream) ?? 0, nextSeq: this.#nextSeq })
  }

  lead(epoch: number): Promise<void> {
    if (epoch < this.#epoch) return Promise.reject(fenced(epoch, this.#epoch))
    this.#epoch = epoch
    return Promise.resolve()
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#snapshots.set(snapshot.stream, structuredClone(snapshot))
    return Promise.resolve()
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return Promise.resolve(this.#snapshots.get(stream))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function fenced(epoch: number, current: number): WsError {
  return new WsError('WS_JOURNAL_FENCED', `epoch ${epoch} may not write: epoch ${current} leads now`, {
    details: { epoch, current },
    hint: 'another process took over this repository; read the log again',
  })
}

function stale(step: StepDraft, version: number): WsError {
  return new WsError(
    'WS_JOURNAL_STALE',
    `stream "${step.stream}" is at version ${version}, the step was decided on ${step.expectedVersion}`,
    { details: { stream: step.stream, version, expectedVersion: step.expectedVersion } },
  )
}
