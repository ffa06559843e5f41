import { WsError } from '@ws/core'
import type { Git, GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import type { GitObject } from '../door/object-reader.ts'

/** Who is named as author or committer. */
export interface Person {
  readonly name: string
  readonly email: string
}

/** A commit that is to be written. */
export interface CommitDraft {
  readonly tree: ObjectId
  readonly parents: readonly ObjectId[]
  readonly message: string
  /** Lines at the end, such as `Ws-Run: …`. A value with a line end is refused. */
  readonly trailers?: Readonly<Record<string, string>>
  readonly author?: Person
  readonly committer?: Person
  /** Milliseconds since 1970: with a fixed one the same draft gives the same id. */
  readonly at: number
}

const defaultPerson: Person = { name: 'ws', email: 'ws@localhost' }

/** Writes a commit object. Nothing points to it yet. */
export async function writeCommit(
  git: Git,
  draft: CommitDraft,
  options: GitRunOptions = {},
): Promise<ObjectId> {
  const author = checkPerson(draft.author ?? defaultPerson)
  const committer = checkPerson(draft.committer ?? defaultPerson)
  const date = `@${Math.floor(draft.at / 1_000)} +0000`
  const parents = [...new Set(draft.parents)].flatMap((id) => ['-p', id])
  const id = await git.text(['commit-tree', draft.tree, ...parents], {
    ...options,
    stdin: commitMessage(draft.message, draft.trailers ?? {}),
    env: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: date,
    },
  })
  return parseObjectId(id)
}

/** The same commit as the text that git stores, byte for byte. */
export function commitText(draft: CommitDraft): string {
  const at = `${Math.floor(draft.at / 1_000)} +0000`
  const who = (person: Person = defaultPerson) => {
    const { name, email } = checkPerson(person)
    return `${withoutCrud(name)} <${withoutCrud(email)}> ${at}`
  }
  return [
    `tree ${draft.tree}`,
    ...[...new Set(draft.parents)].map((id) => `parent ${id}`),
    `author ${who(draft.author)}`,
    `committer ${who(draft.committer)}`,
    '',
    commitMessage(draft.message, draft.trailers ?? {}),
  ].join('\n')
}

/** The tree that a commit holds; a tree is its own. @throws `WS_GIT_OBJECT_MISSING` */
export function treeIn(id: ObjectId, object: GitObject | undefined): ObjectId {
  if (object?.type === 'tree') return id
  const line = object?.type === 'commit' ? object.content.toString('latin1', 0, 80).split('\n')[0] : undefined
  if (line?.startsWith('tree ') === true) return parseObjectId(line.slice('tree '.length))
  throw new WsError('WS_GIT_OBJECT_MISSING', `there is no commit or tree ${id}`, {
    details: { id },
    hint: 'a partial or damaged clone: run "git fsck", or fetch without a filter',
  })
}

/** As git writes a name: nothing of this kind at its ends, where readers of commits stumble over it. */
function withoutCrud(text: string): string {
  return text.replaceAll(/^[\s.,:;<>"\\']+|[\s.,:;<>"\\']+$/g, '')
}

/** The text of a commit message with its trailers as the last paragraph. */
function commitMessage(message: string, trailers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(trailers).map(([key, value]) => {
    if (/^[A-Za-z][A-Za-z0-9-]*$/.test(key) && !/[\r\n\0]/.test(value)) return `${key}: ${value}`
    throw new WsError('WS_GIT_TRAILER', `the trailer ${JSON.stringify(key)} cannot be written`, {
      details: { key, value },
      hint: 'use letters, digits and "-" in its name, and one line of text',
    })
  })
  const body = message.replaceAll('\0', '').trim() || '(no message)'
  return `${[body, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')}\n`
}

function checkPerson(person: Person): Person {
  const isName = (text: string) => withoutCrud(text) !== '' && !/[<>\r\n\0]/.test(text)
  if (isName(person.name) && isName(person.email)) return person
  throw new WsError('WS_GIT_PERSON', `the author ${JSON.stringify(person)} cannot stand in a commit`, {
    details: { ...person },
    hint: 'give a name and an address without "<", ">" and line ends',
  })
}
