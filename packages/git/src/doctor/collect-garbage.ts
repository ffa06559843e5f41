import { freeBytes } from '../platform/disk.ts'
import { expireRescues, type ExpireOptions } from '../rescue/expire-rescues.ts'
import { defaultMinFreeBytes } from '../slots/require-disk.ts'
import type { SlotRecord } from '../slots/slot-record.ts'
import type { Slots } from '../slots/slots.ts'
import { runDoctor } from './doctor.ts'
import type { Finding } from './finding.ts'

/** What may be cleared away. */
export interface GarbageOptions {
  /** Only say what would go, why, and what proves that nothing is lost with it. @default true */
  readonly dryRun?: boolean
  /** When the work of a kept state landed, or `undefined` if that is not known. @default nothing is known to have landed */
  readonly landedAt?: ExpireOptions['landedAt']
  /** How long a state is kept after its work landed. @default 2592000000, 30 days */
  readonly keepMs?: number
  /** Below this much free space idle slots go, too. @default 268435456, 256 MiB */
  readonly minFreeBytes?: number
  /** Which slots nobody needs; asked only while space is short. @default none */
  readonly isIdle?: (record: SlotRecord) => boolean
}

/** One thing that went, or would. */
export interface GarbageItem {
  readonly kind: MendableKind | 'idle-slot' | 'expired-rescue'
  /** The slot, branch, directory, file or reference. */
  readonly name: string
  readonly why: string
  /** What shows that nothing is lost with it. */
  readonly proof: string
}

/** What a collection did, or would do. */
export interface Garbage {
  readonly isDry: boolean
  readonly items: readonly GarbageItem[]
  /** What is not as it should be, and that nothing here dares to clear away. */
  readonly forPerson: readonly Finding[]
  readonly freeBytesBefore: number
  readonly freeBytesAfter: number
  /** Whether too little is free afterwards, so that no new slot is made. */
  readonly isDiskLow: boolean
}

type MendableKind = Exclude<Finding['kind'], 'broken-isolation' | 'disk-low'>

const proofs: Readonly<Record<MendableKind | 'idle-slot', string>> = {
  'unfinished-slot':
    'a slot is handed out when it is ready: nobody worked in it, and what it held before is pinned',
  'unfinished-removal':
    'its state is pinned; whatever was written to it since is pinned before it is deleted',
  'directory-without-registration': 'its files are pinned before it goes',
  'registration-without-directory': 'its commits are pinned before it is forgotten',
  'branch-without-owner': 'its reflog says that it was made for a slot, and that nothing was put on it',
  'stale-lock-file':
    'no living process has it open, and no living git that is older was at work in this repository',
  'leftover-file': 'it belongs to nobody: the process that made it has ended, or no record speaks of it',
  'idle-slot': 'its state is pinned before it goes',
}

/**
 * Clears away what a crash, a removal and time have left: what the doctor mends, the directories of removed slots,
 * kept states whose time is over, and, while space is short, idle slots. Dry unless told otherwise. Objects that no
 * reference holds afterwards are left to git's own `gc`.
 */
export async function collectGarbage(slots: Slots, options: GarbageOptions = {}): Promise<Garbage> {
  const isDry = options.dryRun !== false
  const minFreeBytes = options.minFreeBytes ?? defaultMinFreeBytes
  const freeBytesBefore = await freeBytes(slots.root)
  const items: GarbageItem[] = []
  const forPerson: Finding[] = []
  for (const finding of await runDoctor(slots, { fix: !isDry, minFreeBytes })) {
    const { kind, name, message, state } = finding
    if (kind === 'disk-low') continue
    if (state === 'person' || kind === 'broken-isolation') forPerson.push(finding)
    else items.push({ kind, name, why: message, proof: proofs[kind] })
  }
  items.push(...(await expire(slots, isDry, options)))
  items.push(...(await makeRoom(slots, isDry, minFreeBytes, options)))
  if (!isDry) await slots.purgeTrash()
  const freeBytesAfter = await freeBytes(slots.root)
  const isDiskLow = freeBytesAfter < minFreeBytes
  return { isDry, items, forPerson, freeBytesBefore, freeBytesAfter, isDiskLow }
}

async function expire(
  { repository }: Slots,
  isDry: boolean,
  options: GarbageOptions,
): Promise<GarbageItem[]> {
  const { landedAt, keepMs } = options
  if (landedAt === undefined) return []
  const over = await expireRescues(repository, {
    landedAt,
    fix: !isDry,
    ...(keepMs === undefined ? {} : { keepMs }),
  })
  return over.map((rescue) => ({
    kind: 'expired-rescue',
    name: rescue.ref,
    why: `the last state of ${rescue.workstream}, attempt ${rescue.attempt}, has been kept for long enough`,
    proof: `its work landed at ${landedAt(rescue)} ms since 1970`,
  }))
}

/** One idle slot after the other, until there is enough space. */
async function makeRoom(
  slots: Slots,
  isDry: boolean,
  minFreeBytes: number,
  { isIdle }: GarbageOptions,
): Promise<GarbageItem[]> {
  const items: GarbageItem[] = []
  if (isIdle === undefined) return items
  for (const record of await slots.list()) {
    const free = await freeBytes(slots.root)
    if (free >= minFreeBytes) break
    if (record.state !== 'ready' || record.isAdopted || !isIdle(record)) continue
    const why = `${free} bytes are free, less than ${minFreeBytes}, and nobody needs the slot`
    items.push({ kind: 'idle-slot', name: record.slot, why, proof: proofs['idle-slot'] })
    if (isDry) continue
    await slots.remove(record.slot)
    await slots.purgeTrash()
  }
  return items
}
