import * as z from 'zod'
import { toIsoTime } from '../../platform/iso-time.ts'
import type { LoggedEvent } from '../logged-event.ts'
import { RecordStatus } from '../shapes/workstream-record.ts'
import type { RecordsState } from './records-state.ts'

const metadata = z.record(z.string(), z.unknown())

/** What is written into the log of records that people and programs keep by hand. */
export const RegistryEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('record.created'),
    id: z.string(),
    name: z.string(),
    correlationId: z.string(),
    parentId: z.string().optional(),
    metadata,
  }),
  z.object({ type: z.literal('record.updated'), id: z.string(), status: RecordStatus, metadata }),
  /** Of a record that follows from a run: the run says its state, anybody may add to its metadata. */
  z.object({ type: z.literal('record.annotated'), id: z.string(), metadata }),
])
export type RegistryEvent = z.output<typeof RegistryEvent>

/** Takes what somebody wrote into the registry. */
export function takeRegistryEvent(state: RecordsState, { event, at }: LoggedEvent): void {
  const parsed = RegistryEvent.safeParse(event)
  if (!parsed.success) return
  const news = parsed.data
  switch (news.type) {
    case 'record.created': {
      const { id, name, correlationId, parentId } = news
      state.registry.set(id, {
        id,
        name,
        status: 'PENDING',
        createdAt: toIsoTime(at),
        updatedAt: null,
        metadata: news.metadata,
        correlationId,
        ...(parentId === undefined ? {} : { parentId }),
      })
      return
    }
    case 'record.updated': {
      const record = state.registry.get(news.id)
      if (record === undefined) return
      state.registry.set(news.id, {
        ...record,
        status: news.status,
        updatedAt: toIsoTime(at),
        metadata: { ...record.metadata, ...news.metadata },
      })
      return
    }
    case 'record.annotated':
      state.notes.set(news.id, { ...state.notes.get(news.id), ...news.metadata })
      return
  }
}
