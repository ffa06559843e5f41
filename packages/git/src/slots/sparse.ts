import type { ClaimPattern } from '@ws/core'

/**
 * The directories that claims can reach, for a sparse checkout: the part of each pattern before its first
 * wildcard. `null` when one of them reaches everywhere, so that nothing can be left out.
 */
export function sparseDirectories(claims: readonly ClaimPattern[]): readonly string[] | null {
  const directories = new Set<string>()
  for (const { path } of claims) {
    const parts = path.replace(/^\.\//, '').replace(/\/$/, '').split('/')
    const wild = parts.findIndex((part) => /[*?[\]{}\\!]/.test(part))
    // A pattern without wildcards may name a file: its directory is taken, and the path itself in case it is one.
    const fixed = wild < 0 ? parts : parts.slice(0, wild)
    if (wild === 0 || fixed[0] === '') return null
    if (wild < 0 && fixed.length === 1) continue
    directories.add((wild < 0 ? fixed.slice(0, -1) : fixed).join('/'))
    if (wild < 0) directories.add(fixed.join('/'))
  }
  const all = [...directories].toSorted()
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(`${other}/`)))
}

/** The file `info/sparse-checkout` for these directories, in git's cone form: files on the way are there, too. */
export function sparsePatterns(directories: readonly string[]): string {
  const parents = new Set<string>()
  for (const directory of directories) {
    const parts = directory.split('/')
    for (let i = 1; i < parts.length; i++) parents.add(parts.slice(0, i).join('/'))
  }
  const escape = (path: string) => path.replaceAll(/[*?[\]\\]/g, '\\$&')
  let text = '/*\n!/*/\n'
  for (const parent of [...parents].toSorted())
    if (!directories.includes(parent)) text += `/${escape(parent)}/\n!/${escape(parent)}/*/\n`
  for (const directory of directories) text += `/${escape(directory)}/\n`
  return text
}
