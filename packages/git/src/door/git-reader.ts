import type { Ref } from '../repository/refs.ts'
import type { ObjectId, RefName } from './names.ts'
import type { GitObject } from './object-reader.ts'

/** Reading objects by id and references: what native git and `@ws/git/isomorphic` both offer. */
export interface GitReader extends AsyncDisposable {
  /** An object by its id, or `undefined`. */
  readObject(id: ObjectId): Promise<GitObject | undefined>
  /** What a reference holds, or `undefined`. */
  readRef(ref: RefName): Promise<ObjectId | undefined>
  /** All references below a prefix, by name. */
  listRefs(prefix?: string): Promise<Ref[]>
  close(): Promise<void>
}
