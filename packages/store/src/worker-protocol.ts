import type { Base, Head } from './log/chain.ts'
import type { FaultData } from './log/fault.ts'
import type { FrozenStep, LogFile, Position } from './log/log-file.ts'
import type { Cursor, Page, Wanted } from './log/page.ts'
import type { FrozenSnapshot } from './log/snapshots.ts'

/** What the worker is started with: a journal to keep, or a copy to restore. */
export type WorkerOptions =
  | { readonly task: 'keep'; readonly path: string; readonly busyTimeoutMs: number }
  | { readonly task: 'restore'; readonly path: string; readonly from: string }

/** What it can be asked, and what it answers. */
export interface Operations {
  append: { args: FrozenStep; value: Position }
  lead: { args: number; value: void }
  head: { args: string; value: Position }
  cursor: { args: Wanted; value: Cursor }
  page: { args: Cursor; value: Page }
  saveSnapshot: { args: FrozenSnapshot; value: void }
  loadSnapshot: { args: string; value: FrozenSnapshot | undefined }
  anchor: { args: undefined; value: void }
  checkpoint: { args: undefined; value: void }
  archive: { args: string; value: void }
  archiveBeside: { args: undefined; value: boolean }
  base: { args: undefined; value: Base }
  backup: { args: string; value: VerifiedLog }
  verify: { args: undefined; value: VerifiedLog }
  close: { args: undefined; value: void }
}

/** What a whole check of the log has found: where it ends, everything before it being sound. */
export interface VerifiedLog {
  /** Rows of every kind since the log began; archived ones count. */
  readonly position: number
  readonly nextSeq: number
  readonly epoch: number
  /** Of the last row, in hexadecimal: equal hashes mean equal logs. */
  readonly hash: string
}

/** What a restore answers. */
export interface RestoredLog extends VerifiedLog {
  /** Where the log that was there lies now, if there was one. */
  readonly replaced: string | undefined
}

export type Request = {
  [Op in keyof Operations]: { id: number; op: Op; args: Operations[Op]['args'] }
}[keyof Operations]

export type Answer<Value = unknown> =
  { id: number; ok: true; value: Value } | { id: number; ok: false; fault: FaultData }

/** Does what is asked; runs in the worker. */
export function serve(log: LogFile, request: Request): Operations[keyof Operations]['value'] {
  switch (request.op) {
    case 'append':
      return log.append(request.args)
    case 'lead':
      return log.lead(request.args)
    case 'head':
      return log.position(request.args)
    case 'cursor':
      return log.cursor(request.args)
    case 'page':
      return log.page(request.args)
    case 'saveSnapshot':
      return log.saveSnapshot(request.args)
    case 'loadSnapshot':
      return log.loadSnapshot(request.args)
    case 'anchor':
      return log.anchor()
    case 'checkpoint':
      return log.checkpoint()
    case 'archive':
      return log.archive(request.args)
    case 'archiveBeside':
      return log.archiveBeside()
    case 'base':
      return log.base()
    case 'backup':
      return toVerified(log.backup(request.args))
    case 'verify':
      return toVerified(log.verify())
    case 'close':
      return log.close()
  }
}

export function toVerified({ position, nextSeq, epoch, hash }: Head): VerifiedLog {
  return { position, nextSeq, epoch, hash: Buffer.from(hash).toString('hex') }
}
