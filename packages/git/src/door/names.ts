// Names that reach git's command line. A branded name was checked once and can be passed on: it is never read
// as an option, a pathspec, a revision expression or a path.
import { createHash } from 'node:crypto'
import { WsError } from '@ws/core'

/** A full object id, 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits. */
export type ObjectId = string & { readonly __name: 'ObjectId' }

/** A full reference name, `refs/…`. */
export type RefName = string & { readonly __name: 'RefName' }

/** Reads a full object id; abbreviations and revisions are refused. @throws `WS_GIT_OBJECT_ID` */
export function parseObjectId(text: string): ObjectId {
  if (isObjectId(text)) return text
  throw new WsError('WS_GIT_OBJECT_ID', `${JSON.stringify(shorten(text))} is not a full object id`, {
    details: { text: shorten(text) },
    hint: 'give 40 or 64 lower-case hexadecimal digits; resolve a name with `resolveRef` first',
  })
}

/** Whether a text is a full object id. */
export function isObjectId(text: string): text is ObjectId {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Reads a full reference name by git's own rules. @throws `WS_GIT_REF_NAME` */
export function parseRefName(text: string): RefName {
  const problem = text.startsWith('refs/') ? refProblem(text) : 'does not begin with "refs/"'
  if (problem === undefined && isRefName(text)) return text
  throw new WsError('WS_GIT_REF_NAME', `the reference ${JSON.stringify(shorten(text))} ${problem}`, {
    details: { text: shorten(text) },
    hint: 'give a full name such as "refs/heads/main"',
  })
}

function isRefName(text: string): text is RefName {
  return text.startsWith('refs/') && refProblem(text) === undefined
}

/** The reference of a branch, from its short name. @throws `WS_GIT_BRANCH_NAME` */
export function branchRef(branch: string): RefName {
  const problem = branch.startsWith('-')
    ? 'begins with "-" and could be read as an option'
    : branch === 'HEAD' || branch.startsWith('refs/')
      ? 'is not the short name of a branch'
      : refProblem(`refs/heads/${branch}`)
  if (problem === undefined) return parseRefName(`refs/heads/${branch}`)
  throw new WsError('WS_GIT_BRANCH_NAME', `the branch ${JSON.stringify(shorten(branch))} ${problem}`, {
    details: { branch: shorten(branch) },
    hint: 'use letters, digits, "-", "_", "." and "/", as in "lane/run/workstream"',
  })
}

/** The short name of a branch's reference. */
export function shortBranch(ref: RefName): string {
  return ref.replace(/^refs\/heads\//, '')
}

/** A name from outside as one component of a reference or a directory; different names stay different. */
export function refComponent(name: string): string {
  if (
    /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/.test(name) &&
    !/\.lock$/i.test(name) &&
    name.length <= 100
  )
    return name
  // "=" stands in no plain name, so what is made here meets neither a plain name nor another made one.
  if (name.length > 60) return `=${createHash('sha256').update(name).digest('hex').slice(0, 40)}`
  let encoded = '='
  for (const byte of new TextEncoder().encode(name)) {
    const char = String.fromCharCode(byte)
    encoded += /[A-Za-z0-9_-]/.test(char) ? char : `=${byte.toString(16).padStart(2, '0')}`
  }
  return encoded
}

// git-check-ref-format, rule by rule.
function refProblem(ref: string): string | undefined {
  if (ref.length > 240) return 'is longer than 240 characters'
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(ref)) return 'holds a character that git refuses'
  if (!ref.isWellFormed()) return 'is not well-formed Unicode'
  if (ref.includes('..') || ref.includes('@{')) return 'holds ".." or "@{"'
  if (ref.endsWith('.')) return 'ends with "."'
  for (const part of ref.split('/')) {
    if (part === '') return 'has an empty component'
    if (part.startsWith('.') || /\.lock$/i.test(part))
      return 'has a component that begins with "." or ends with ".lock"'
    if (part.startsWith('-')) return 'has a component that begins with "-"'
  }
  return undefined
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
