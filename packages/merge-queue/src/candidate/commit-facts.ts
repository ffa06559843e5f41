import { isObjectId, type ObjectId, type Repository } from '@ws/git'

/** What a candidate takes from a commit that is there already. */
export interface CommitFacts {
  readonly id: ObjectId
  readonly tree: ObjectId
  readonly parents: readonly ObjectId[]
  /** Name, address, time and zone as they stand in the commit: bytes, read as Latin-1. */
  readonly author: string
  readonly encoding: string | undefined
  /** Bytes, read as Latin-1. */
  readonly message: string
  /** When it was committed, in seconds since 1970. */
  readonly at: number
}

/** Reads a commit, or `undefined` where there is none of this id. */
export async function readCommit(repository: Repository, id: ObjectId): Promise<CommitFacts | undefined> {
  const object = await repository.readObject(id)
  if (object?.type !== 'commit') return undefined
  const text = object.content.toString('latin1')
  const end = text.indexOf('\n\n')
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n')
  const all = (name: string) =>
    headers.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
  const tree = all('tree')[0] ?? ''
  if (!isObjectId(tree)) return undefined
  return {
    id,
    tree,
    parents: all('parent').filter((parent) => isObjectId(parent)),
    author: all('author')[0] ?? '',
    encoding: all('encoding')[0],
    message: end < 0 ? '' : text.slice(end + 2),
    at: Number(/ (\d+) [+-]\d+$/.exec(all('committer')[0] ?? '')?.[1] ?? 0),
  }
}

/** The first line of a commit's message, and what follows it. */
export function splitMessage({ message, encoding }: CommitFacts): { subject: string; body: string } {
  const text = decode(message, encoding).trim()
  const end = text.search(/\n\s*\n/)
  const subject = (end < 0 ? text : text.slice(0, end)).replaceAll(/\s*\n\s*/g, ' ')
  return { subject, body: end < 0 ? '' : text.slice(end).trim() }
}

function decode(latin1: string, encoding: string | undefined): string {
  try {
    return new TextDecoder(encoding ?? 'utf-8').decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return latin1
  }
}
