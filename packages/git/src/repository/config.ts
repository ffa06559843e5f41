import type { Git } from '../door/git.ts'

/** One setting with where it comes from. Keys are lower-case but for their middle part. */
export interface ConfigEntry {
  readonly scope: string
  /** `file:<path>`, absolute or as seen from where git ran. */
  readonly origin: string
  readonly key: string
  readonly value: string
}

/** The configuration as git sees it, in order: of equal keys the last one counts. */
export async function readConfig(git: Git): Promise<ConfigEntry[]> {
  const items = await git.items(['config', '--null', '--list', '--show-scope', '--show-origin', '--includes'])
  const entries: ConfigEntry[] = []
  for (let i = 0; i + 2 < items.length; i += 3) {
    const [scope, origin, pair] = [items[i]!, items[i + 1]!, items[i + 2]!]
    const lineEnd = pair.indexOf('\n')
    const key = lineEnd < 0 ? pair : pair.slice(0, lineEnd)
    // A key without "=" is a claim that is true.
    if (scope !== 'command')
      entries.push({ scope, origin, key, value: lineEnd < 0 ? 'true' : pair.slice(lineEnd + 1) })
  }
  return entries
}

export function configValue(entries: readonly ConfigEntry[], key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key.toLowerCase())?.value
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|yes|on|[1-9]\d*)$/i.test(value)
}

// What a project rightly needs so that its files come out as it wants them. None of these runs a program.
const allowed: ReadonlySet<string> = new Set([
  'core.autocrlf',
  'core.eol',
  'core.safecrlf',
  'core.filemode',
  'core.ignorecase',
  'core.symlinks',
  'core.precomposeunicode',
  'core.bigfilethreshold',
  'core.checkroundtripencoding',
])

// The commands that `git lfs install` writes, word for word; any other value of these keys is left behind.
const lfs: Readonly<Record<string, readonly string[]>> = {
  'filter.lfs.clean': ['git-lfs clean -- %f'],
  'filter.lfs.smudge': ['git-lfs smudge -- %f', 'git-lfs smudge --skip -- %f'],
  'filter.lfs.process': ['git-lfs filter-process', 'git-lfs filter-process --skip'],
  'filter.lfs.required': ['true'],
}

export interface PrivateConfigFacts {
  readonly objectFormat: 'sha1' | 'sha256'
  /** Where LFS keeps its files; without it LFS files are checked out as pointers. */
  readonly lfsStorage?: string
  readonly attributesFile: string
  /** The user's own list of files to ignore everywhere. */
  readonly excludesFile?: string
}

/** The text of the private git directory's configuration: ours, and what the allow-list lets through. */
export function privateConfig(entries: readonly ConfigEntry[], facts: PrivateConfigFacts): string {
  const settings = new Map<string, string>([
    ['core.repositoryformatversion', facts.objectFormat === 'sha1' ? '0' : '1'],
    ['core.bare', 'false'],
    ['core.logallrefupdates', 'false'],
    ['core.attributesfile', facts.attributesFile],
    // The hash at the end of an index is how we know it again.
    ['index.skiphash', 'false'],
  ])
  if (facts.excludesFile !== undefined) settings.set('core.excludesfile', facts.excludesFile)
  if (facts.objectFormat !== 'sha1') settings.set('extensions.objectformat', facts.objectFormat)
  for (const { key, value } of entries) {
    if (allowed.has(key)) settings.set(key, value)
    if (facts.lfsStorage !== undefined && lfs[key]?.includes(value) === true) settings.set(key, value)
  }
  if (facts.lfsStorage !== undefined) settings.set('lfs.storage', facts.lfsStorage)
  let text = ''
  for (const [key, value] of settings) {
    const [section = '', ...rest] = key.split('.')
    const name = rest.pop() ?? ''
    const middle = rest.length === 0 ? '' : ` "${rest.join('.')}"`
    text += `[${section}${middle}]\n\t${name} = ${quote(value)}\n`
  }
  return text
}

function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}
