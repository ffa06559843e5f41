import { type Clock, isWsError, type Journal } from '@ws/core'
import type { RegistryEvent } from '../fold/take-registry-event.ts'
import type { RecordStatus } from '../shapes/workstream-record.ts'

/** A record that somebody makes by hand. */
export interface NewRecord {
  readonly name: string
  readonly metadata: Readonly<Record<string, unknown>>
  /** @default `ws-` and a number */
  readonly id?: string
  /** @default the id */
  readonly correlationId?: string
  readonly parentId?: string
}

/** The stream of records that are kept by hand: a third one in the log, beside the machines'. */
const stream = 'registry'

/** How often another writer may come first before that is a fault. */
const patience = 50

/** Writes what people and programs say of records into the log, where it is as safe as all else. */
export class RegistryWriter {
  readonly #options: { readonly journal: Journal; readonly epoch: number; readonly clock: Clock }

  constructor(options: { readonly journal: Journal; readonly epoch: number; readonly clock: Clock }) {
    this.#options = options
  }

  /** Writes a new record and gives its id; `refuse` throws for one that may not be, as the log stands just then. */
  async create(record: NewRecord, refuse: (id: string) => void | Promise<void>): Promise<string> {
    const { name, metadata, parentId } = record
    let id = ''
    await this.#append(async (version) => {
      id = record.id ?? `ws-${version + 1}`
      await refuse(id)
      return {
        type: 'record.created',
        id,
        name,
        correlationId: record.correlationId ?? id,
        ...(parentId === undefined ? {} : { parentId }),
        metadata: { ...metadata },
      }
    })
    return id
  }

  update({
    id,
    status,
    metadata,
    isOwn,
  }: {
    readonly id: string
    readonly status: RecordStatus
    readonly metadata: Readonly<Record<string, unknown>>
    readonly isOwn: boolean
  }): Promise<void> {
    return this.#append(() =>
      isOwn
        ? { type: 'record.updated', id, status, metadata: { ...metadata } }
        : { type: 'record.annotated', id, metadata: { ...metadata } },
    )
  }

  async #append(make: (version: number) => RegistryEvent | Promise<RegistryEvent>): Promise<void> {
    const { journal, epoch, clock } = this.#options
    for (let tries = 1; ; tries++) {
      const { version } = await journal.head(stream)
      const event = await make(version)
      const inputs = [{ at: clock.now(), input: { type: 'record.write' }, events: 1 }]
      try {
        await journal.append({ stream, epoch, expectedVersion: version, inputs, events: [event] })
        return
      } catch (error) {
        // Somebody else wrote in between; nothing of this was written.
        if (!isWsError(error, 'WS_JOURNAL_STALE') || tries >= patience) throw error
      }
    }
  }
}
