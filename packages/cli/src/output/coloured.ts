import type { Terminal } from '../terminal.ts'

const colours = { good: 32, bad: 31, other: 33 } as const

const words: Readonly<Record<keyof typeof colours, string>> = {
  good: 'COMPLETED|SUCCEEDED|MERGED|succeeded|completed|landed',
  bad: 'FAILED|QUARANTINED|CONFLICTED|(?<!\\b0 )(?:failed|quarantined|conflicted)',
  other: 'PAUSED|CANCELLED|SKIPPED|paused|cancelled|skipped',
}

/** What stands in quotes is somebody's name, or a path in which such a word means nothing. */
const pattern = new RegExp(
  `"[^"]*"|[\\w./-]*(?:/|-(?=\\w))[\\w./-]*|\\b(?:${Object.entries(words)
    .map(([name, each]) => `(?<${name}>${each})`)
    .join('|')})\\b`,
  'g',
)

/** Text with the words that say how something ended in colours; they say the same without. */
export function colour(text: string): string {
  return text.replaceAll(pattern, (word: string, ...rest: readonly unknown[]) => {
    const groups = rest.at(-1)
    for (const [name, code] of Object.entries(colours))
      if (isNamed(groups, name)) return `\u001B[${code}m${word}\u001B[39m`
    return word
  })
}

function isNamed(groups: unknown, name: string): boolean {
  return (
    typeof groups === 'object' &&
    groups !== null &&
    Object.entries(groups).some(([key, value]) => key === name && value !== undefined)
  )
}

/** Commands whose output is taken as it is: files, other people's text, what shells and programs read. */
const verbatim = new Set(['logs', 'report', 'schema', 'config', 'compile', 'completions', 'rescue show'])

/**
 * The terminal with colours, where a person watches who wants them: not with `NO_COLOR` (of any value), `--no-color` or
 * `--json`, and not in a pipe.
 */
export function coloured(
  terminal: Terminal,
  { name, flags }: { readonly name: string; readonly flags: ReadonlySet<string> },
): Terminal {
  const { env, hasColors = false } = terminal
  const isUnwanted = (env['NO_COLOR'] ?? '') !== '' || flags.has('no-color') || flags.has('json')
  if (!hasColors || isUnwanted || verbatim.has(name)) return terminal
  return { ...terminal, out: (text) => terminal.out(colour(text)), err: (text) => terminal.err(colour(text)) }
}
