// Which names in a tree are dangerous on some file system, whatever the one here does.

/**
 * Whether a component of a path is, or is taken by some file system for, `.git`: other case, trailing dots and
 * spaces, a stream and short names (NTFS), code points that HFS+ ignores.
 */
export function isGitLookAlike(component: string): boolean {
  if (component.length === 0) return false
  const visible = component.replaceAll(ignoredByHfs, '')
  const stem = (visible.split(':')[0] ?? '').replace(/[. ]+$/, '').toLowerCase()
  if (stem === '.git' || stem === 'git~1') return true
  // A backslash separates on Windows: `a\.git\config` is one name here and three there.
  return component.includes('\\') && component.split('\\').some(isGitLookAlike)
}

const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/** The form under which names that some file system takes for equal are equal: without case, composed. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC')
}

/** A path, and each directory that it is in, from the inside. */
export function prefixes(path: string): string[] {
  const all = [path]
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) all.push(path.slice(0, at))
  return all
}

/** Where a symbolic link points that leaves its tree or enters `.git`; `undefined` if it stays inside. */
export function linkEscape(
  path: string,
  target: string,
): 'absolute' | 'outside' | 'git-directory' | undefined {
  if (/^(?:[/\\]|[A-Za-z]:)/.test(target)) return 'absolute'
  const at = path.split('/').slice(0, -1)
  for (const part of target.split(/[/\\]/)) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (at.pop() === undefined) return 'outside'
    } else at.push(part)
  }
  return at.some(isGitLookAlike) ? 'git-directory' : undefined
}
