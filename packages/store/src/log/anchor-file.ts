import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { corrupt } from './fault.ts'

/** A position that the log once reached, and the hash of the row there. */
export interface Anchor {
  readonly position: number
  readonly hash: Uint8Array
}

/**
 * The head of the log, kept outside of the database: SQLite does not notice a lost end of its write-ahead log,
 * or a database that was put back from yesterday. One line of fixed length, within one sector, rewritten in
 * place after each commit: that costs microseconds and survives the death of the process. Forcing it onto the
 * disk costs more than the commit itself, so that happens at leisure, for the death of the machine.
 */
export class AnchorFile {
  readonly path: string
  readonly #fd: number
  #isForced = true

  /** Opens the file, or makes it where the log is still empty. */
  constructor(databasePath: string) {
    this.path = anchorPath(databasePath)
    // Written in place and never truncated; where two processes make it at once, both write the same line.
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600)
    if (fstatSync(this.#fd).size > 0) return
    this.write({ position: 0, hash: new Uint8Array(32) })
    this.force()
    forceDirectory(dirname(this.path))
  }

  write(anchor: Anchor): void {
    writeSync(this.#fd, encode(anchor), 0, lineLength, 0)
    this.#isForced = false
  }

  /** Returns when the last written anchor is on the disk. */
  force(): void {
    if (this.#isForced) return
    fsyncSync(this.#fd)
    this.#isForced = true
  }

  close(): void {
    try {
      this.force()
    } finally {
      closeSync(this.#fd)
    }
  }
}

export function anchorPath(databasePath: string): string {
  return `${databasePath}-anchor`
}

/**
 * The anchor, or `undefined` where there is none: no file, or one whose maker died before its first write.
 * @throws `WS_STORE_CORRUPT` where any of its bytes is not as we write them.
 */
export function readAnchor(databasePath: string): Anchor | undefined {
  const path = anchorPath(databasePath)
  if (!existsSync(path)) return undefined
  const fd = openSync(path, 'r')
  try {
    if (fstatSync(fd).size === 0) return undefined
    // A read beside another process's write may see half of it; the next read does not.
    for (let tries = 0; tries < readTries; tries += 1) {
      const bytes = Buffer.alloc(lineLength)
      const read = readSync(fd, bytes, 0, lineLength, 0)
      const [, position = '', hash = ''] =
        /^ws-anchor 1 (\d{16}) ([0-9a-f]{64}) /.exec(bytes.toString('latin1')) ?? []
      const anchor = { position: Number(position), hash: Buffer.from(hash, 'hex') }
      if (read === lineLength && fstatSync(fd).size === lineLength && encode(anchor).equals(bytes))
        return anchor
    }
    throw corrupt({ part: 'anchor', path }, 'its line is not one that we wrote')
  } finally {
    closeSync(fd)
  }
}

const readTries = 3

/** `ws-anchor 1 <position> <hash> <check>`: 13 + 17 + 65 + 16 bytes and a line break. */
const lineLength = 111

function encode({ position, hash }: Anchor): Buffer {
  const text = `ws-anchor 1 ${String(position).padStart(16, '0')} ${Buffer.from(hash).toString('hex')} `
  const check = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return Buffer.from(`${text}${check}\n`, 'latin1')
}

/** A new file's name is durable only when its directory is; Windows has no such call. */
export function forceDirectory(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
