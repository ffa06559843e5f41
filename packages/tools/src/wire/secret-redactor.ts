import type { TextTransform } from './text-transform.ts'

/** What is secret. */
export interface SecretRedactorOptions {
  /** Values that must not appear: keys from the environment. Shorter ones than eight characters are left alone. */
  readonly secrets?: Iterable<string>
  /** Also whatever looks like a key of a known provider. @default true */
  readonly knownShapes?: boolean
}

/** What stands in the place of a secret. */
export const redacted = '[secret]'

/** Short texts occur by chance: masking them would make output unreadable and hide nothing. */
const minSecret = 8

/** Inside of a word no key begins: `task-` is none, and a text of nothing but prefixes is looked at once. */
const wordStart = '(?<![A-Za-z0-9_])'

/** Keys as providers make them: a prefix that tells them, then at least so many letters that no word has it. */
const shapes: readonly string[] = [
  'sk-[A-Za-z0-9_-]{20,200}',
  'AIza[A-Za-z0-9_-]{35}',
  'gh[pousr]_[A-Za-z0-9]{36,251}',
  'github_pat_[A-Za-z0-9_]{22,255}',
  'glpat-[A-Za-z0-9_-]{20,64}',
  'xox[abposr]-[A-Za-z0-9-]{10,250}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,2000}\\.[A-Za-z0-9_-]{10,2000}',
  '-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\\s]{0,8000}-----END [A-Z ]{0,30}PRIVATE KEY-----',
]

/** The longest text that a shape can match: as much has to be held back where one may have begun. */
const longestShape = 8_192

/** Where a shape may begin, so that an end that holds none of these is passed on at once. */
const shapeStart = new RegExp(
  `${wordStart}(?:sk-|AIza|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|AKIA|ASIA|eyJ|-----BEGIN )`,
  'g',
)
const startWords = [
  'sk-',
  'AIza',
  'ghx_',
  'github_pat_',
  'glpat-',
  'xoxx-',
  'AKIA',
  'ASIA',
  'eyJ',
  '-----BEGIN ',
]

/**
 * Masks secrets in text that arrives in pieces. What may be the beginning of one is held back until it is known, so
 * that no cut lets half of a key through.
 */
export function secretRedactor({
  secrets = [],
  knownShapes = true,
}: SecretRedactorOptions = {}): TextTransform {
  // The longest first: a secret that begins with another is masked whole.
  const values = [...new Set(secrets)]
    .filter((secret) => secret.length >= minSecret)
    .toSorted((a, b) => b.length - a.length)
  const sources = [
    ...values.map(escapePattern),
    ...(knownShapes ? shapes.map((shape) => `${wordStart}${shape}`) : []),
  ]
  if (sources.length === 0) return { push: (text) => text, end: () => '' }
  const all = new RegExp(sources.join('|'), 'g')
  const longestValue = values[0]?.length ?? 0
  let held = ''
  /** The letter before what is held: it decides whether a word begins there. */
  let before = ''

  /** From where on the text may still become a secret. */
  function openFrom(text: string): number {
    let from = text.length
    for (let at = Math.max(0, text.length - longestValue + 1); at < from; at++) {
      if (values.some((value) => value.startsWith(text.slice(at)))) from = at
    }
    return knownShapes ? Math.min(from, shapeFrom(text)) : from
  }

  function release(cut: number): string {
    const ready = before + held.slice(0, cut)
    const shown = ready.replace(all, redacted).slice(before.length)
    if (cut > 0) before = held.slice(cut - 1, cut)
    held = held.slice(cut)
    return shown
  }

  return {
    push(text) {
      held += text
      const whole = before + held
      const open = openFrom(whole)
      let cut = open
      // A match that reaches to the open end may grow: it stays too.
      for (const match of whole.matchAll(all)) {
        const end = match.index + match[0].length
        if (match.index < open && end > open) cut = Math.min(cut, match.index)
      }
      return release(Math.max(0, cut - before.length))
    },
    end() {
      const rest = release(held.length)
      before = ''
      return rest
    },
  }
}

/** Text without secrets, where all of it is there at once. */
export function redactSecrets(text: string, options: SecretRedactorOptions = {}): string {
  const redactor = secretRedactor(options)
  return redactor.push(text) + redactor.end()
}

/** The first place from which a shape that began has not ended. */
function shapeFrom(text: string): number {
  shapeStart.lastIndex = Math.max(0, text.length - longestShape)
  for (let start = shapeStart.exec(text); start !== null; start = shapeStart.exec(text)) {
    if (isOpen(text.slice(start.index))) return start.index
  }
  for (let size = Math.min(12, text.length); size > 0; size--) {
    const end = text.slice(-size)
    if (startWords.some((word) => begins(word, end))) return text.length - size
  }
  return text.length
}

/** Whether everything so far could belong to one key: keys have no blanks, but for those in a block. */
function isOpen(text: string): boolean {
  return text.startsWith('-----BEGIN ')
    ? !/-----END [A-Z ]{0,30}PRIVATE KEY-----/.test(text) && /^-----BEGIN [A-Z +/=\sa-z0-9-]*$/.test(text)
    : /^[\w.-]*$/.test(text)
}

function begins(word: string, end: string): boolean {
  if (end.length >= word.length) return false
  return [...end].every((char, at) => (word[at] === 'x' ? /[\w]/.test(char) : word[at] === char))
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
