// What we know of a slot, in one small file each (`<git common dir>/ws/slots/<slot>.json`), written before
// anything is done: after a crash it says what was meant, so what is half made can be told from what is foreign.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { type ObjectId, parseObjectId, parseRefName, type RefName } from '../door/names.ts'
import { writeFileAtomically } from '../platform/atomic-file.ts'

/**
 * `making`: meant, perhaps not finished. `ready`: a worktree to work in. `leaving`: its content is pinned, the
 * directory is on its way out.
 */
export type SlotState = 'making' | 'ready' | 'leaving'

/** Whose work is in a slot: the parts of its rescue reference. */
export interface SlotWork {
  readonly run: string
  readonly workstream: string
  readonly attempt: number
}

/** What is written down about a slot. */
export interface SlotRecord {
  readonly version: 1
  readonly slot: string
  /** Unlike the name never used twice: the private directory's name. */
  readonly id: string
  readonly state: SlotState
  /** Where the files are. */
  readonly path: string
  /** The name under `worktrees/` of the repository, once there is one. */
  readonly admin: string | null
  readonly branch: RefName
  /** Whether the branch was made for this slot, so that an unfinished slot takes it along. */
  readonly ownsBranch: boolean
  /** The inputs commit: what changes are judged against. */
  readonly base: ObjectId
  /** The last commit that we put on the branch; whatever else is on it, the tool made. */
  readonly tip: ObjectId
  readonly work: SlotWork
  readonly isAdopted: boolean
  /** The directories that are checked out, if not all. */
  readonly sparse: readonly string[] | null
  readonly madeAt: number
  /** The process that made it, so that the doctor can prove it gone. */
  readonly maker: string
  /** Of a leaving slot: the tree that was pinned; what is deleted must be no more than that. */
  readonly pinnedTree: ObjectId | null
}

function recordFile(folder: string, slot: string): string {
  return join(folder, 'slots', `${slot}.json`)
}

export async function writeRecord(folder: string, record: SlotRecord): Promise<void> {
  await writeFileAtomically(recordFile(folder, recordName(record)), `${JSON.stringify(record, null, 2)}\n`)
}

/** A leaving slot's name is free again, so its record goes by its id. */
function recordName({ state, slot, id }: Pick<SlotRecord, 'state' | 'slot' | 'id'>): string {
  return state === 'leaving' ? `~${id}` : slot
}

export async function forgetRecord(
  folder: string,
  record: Pick<SlotRecord, 'state' | 'slot' | 'id'>,
): Promise<void> {
  await rm(recordFile(folder, recordName(record)), { force: true })
}

/** The record, or `undefined` if there is none. One that cannot be read is an error: nothing is guessed. */
export async function readRecord(folder: string, slot: string): Promise<SlotRecord | undefined> {
  const file = recordFile(folder, slot)
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return parseRecord(JSON.parse(text))
  } catch (cause) {
    throw new WsError(
      'WS_GIT_SLOT_RECORD',
      `the record of slot ${JSON.stringify(slot)} cannot be read: ${file}`,
      {
        details: { slot, file },
        hint: 'look at the file; the worktree it speaks of is left alone until then',
        cause,
      },
    )
  }
}

/** All records, by name. */
export async function listRecords(folder: string): Promise<SlotRecord[]> {
  const names = (await readdir(join(folder, 'slots'))).filter(
    (name) => name.endsWith('.json') && !name.startsWith('.'),
  )
  const records = await Promise.all(
    names.toSorted().map((name) => readRecord(folder, name.slice(0, -'.json'.length))),
  )
  return records.filter((record) => record !== undefined)
}

function parseRecord(value: unknown): SlotRecord {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object')
  const record = value as SlotRecord
  const { version, slot, id, state, path, admin, work, madeAt, maker } = record
  if (version !== 1) throw new TypeError(`version ${String(version)}`)
  if (!['making', 'ready', 'leaving'].includes(state)) throw new TypeError(`state ${String(state)}`)
  for (const text of [slot, id, path, maker, work.run, work.workstream])
    if (typeof text !== 'string' || text === '') throw new TypeError('an empty name')
  for (const number of [work.attempt, madeAt]) if (!Number.isFinite(number)) throw new TypeError('no number')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) throw new TypeError('an id that is a path')
  if (admin !== null && !/^[^/\\]+$/.test(admin)) throw new TypeError('a registration that is a path')
  parseObjectId(record.base)
  parseObjectId(record.tip)
  parseRefName(record.branch)
  return record
}

/** A name that can stand in a path and in a reference on every platform. @throws `WS_GIT_SLOT_NAME` */
export function checkSlotName(slot: string): string {
  const isReserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(slot)
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(slot) && !/\.$|\.lock$|\.\.|^git$/i.test(slot) && !isReserved)
    return slot
  throw new WsError('WS_GIT_SLOT_NAME', `the slot name ${JSON.stringify(slot.slice(0, 100))} is refused`, {
    details: { slot: slot.slice(0, 100) },
    hint: 'use up to 80 letters, digits, "-", "_" and single "."; begin with a letter or digit',
  })
}
