import { readCheckpoint } from './checkpoint-body.ts'
import { corrupt, type Fault } from './fault.ts'
import { genesis, type Row, rowHash, sameHash } from './row.ts'

/** Where the log stands. */
export interface Head {
  readonly position: number
  readonly hash: Uint8Array
  readonly epoch: number
  readonly nextSeq: number
  readonly versions: ReadonlyMap<string, number>
}

/** A place in the middle of the log from which a read may start. */
export interface Mark {
  readonly position: number
  readonly hash: Uint8Array
  readonly nextSeq: number
  readonly versions: ReadonlyMap<string, number>
}

/** A read goes over at most this many rows that it does not want. */
const rowsBetweenMarks = 256

/** Where a log begins. */
export interface Base {
  readonly nextSeq: number
  readonly versions: ReadonlyMap<string, number>
  /** The hash of the row before the first one, in hexadecimal. */
  readonly previous: string
  /** Whether the rows before lie in the archive beside the log. */
  readonly isBeside: boolean
}

/**
 * The log as far as it has been checked. `take` accepts the next row or tells what is wrong with it; nothing is
 * believed of a row that it has not accepted. Marks stand in for an index in the database, whose bytes no hash
 * would protect.
 */
export class Chain {
  readonly #path: string
  readonly #versions = new Map<string, number>()
  readonly #marks: Mark[] = []
  /** Before the first row that is left: the beginning, or where the log was cut. */
  #base: Mark = { position: 0, hash: genesis, nextSeq: 1, versions: new Map() }
  #isBeside = false
  #position = 0
  #hash = genesis
  #epoch = 0
  #nextSeq = 1

  constructor(path: string) {
    this.#path = path
  }

  get head(): Head {
    return {
      position: this.#position,
      hash: this.#hash,
      epoch: this.#epoch,
      nextSeq: this.#nextSeq,
      versions: this.#versions,
    }
  }

  /** The position of the first row that was not archived. */
  get firstPosition(): number {
    return this.#base.position + 1
  }

  /** Where the log begins: what was before, and whether that lies beside it. */
  get base(): Base {
    const { nextSeq, versions, hash } = this.#base
    return { nextSeq, versions, previous: Buffer.from(hash).toString('hex'), isBeside: this.#isBeside }
  }

  version(stream: string): number {
    return this.#versions.get(stream) ?? 0
  }

  /** @throws `WS_STORE_CORRUPT` where the row is not the one that was appended here. */
  take(row: Row | undefined): void {
    if (row === undefined) throw this.broken('a column holds a value of another type')
    if (this.#position === 0 && row.position > 1) this.#startAt(row)
    const position = this.#position + 1
    if (row.position !== position) throw this.broken(`the next row is ${row.position}`)
    if (!sameHash(rowHash(this.#hash, row), row.hash)) throw this.broken('its hash does not fit')
    // What follows cannot fail for a row whose hash fits, unless a bug of ours wrote it.
    if (row.epoch < this.#epoch) throw this.broken(`epoch ${row.epoch} came after ${this.#epoch}`)
    if (row.firstSeq !== this.#nextSeq) throw this.broken(`its first event is ${row.firstSeq}`)
    if (row.kind === 'step') {
      if (row.version !== this.version(row.stream) + 1) throw this.broken(`its version is ${row.version}`)
      this.#versions.set(row.stream, row.version)
    }
    this.#position = position
    this.#hash = row.hash
    this.#epoch = row.epoch
    this.#nextSeq += row.eventCount
    if (position % rowsBetweenMarks === 0) this.#marks.push(this.#here())
  }

  /** The last mark before everything that the read asks for. */
  markBefore(stream: string | undefined, afterVersion: number, fromSeq: number): Mark {
    const isBefore = (mark: Mark): boolean =>
      mark.nextSeq <= fromSeq || (stream !== undefined && (mark.versions.get(stream) ?? 0) <= afterVersion)
    let low = 0
    let high = this.#marks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const mark = this.#marks[middle]
      if (mark !== undefined && isBefore(mark)) low = middle + 1
      else high = middle
    }
    return this.#marks[low - 1] ?? this.#base
  }

  /** The fault that the next row is bad. */
  broken(what: string): Fault {
    return corrupt({ part: 'log', path: this.#path, position: this.#position + 1, seq: this.#nextSeq }, what)
  }

  #here(): Mark {
    return {
      position: this.#position,
      hash: this.#hash,
      nextSeq: this.#nextSeq,
      versions: new Map(this.#versions),
    }
  }

  /** The rows before were archived: the first one left must be a checkpoint, and says what was before it. */
  #startAt(row: Row): void {
    const body = row.kind === 'checkpoint' ? readCheckpoint(row.body) : undefined
    if (body === undefined) throw this.broken(`the first row is ${row.position}, which is no checkpoint`)
    this.#position = row.position - 1
    this.#hash = Buffer.from(body.previous, 'hex')
    this.#epoch = row.epoch
    this.#nextSeq = row.firstSeq
    this.#isBeside = body.isBeside
    for (const [stream, version] of Object.entries(body.streams)) this.#versions.set(stream, version)
    this.#base = this.#here()
  }
}
