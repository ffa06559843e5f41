// Who may have made a lock file of git's. A lock file does not say whose it is, so its owner is never known, but
// everybody else can be ruled out: whoever came later, whoever works in another repository, whoever only reads.
// Whoever is left and ends without the file having changed proves it abandoned.
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { keeperVariable } from './kept-writers.ts'
import { isInside } from './paths.ts'
import { bootTimeMs, canSeeProcesses, linuxStat } from './processes.ts'

/** A lock file as it was seen. */
export interface SeenLockFile {
  /** Absolute, with every symbolic link of its directory followed. */
  readonly path: string
  readonly writtenAtMs: number
}

/** A process that may have made one. */
export interface LockOwner {
  readonly pid: number
  /** Tells it from another one with the same number. */
  readonly startedAt: string | undefined
  /** Whose kept-open git it is, which has lock files only in the middle of a transaction. */
  readonly keeper: string | undefined
}

/**
 * The living processes that may have made a lock file: whoever has it open, and every git that is not younger, not
 * known to work elsewhere, and not one of those that only read. `undefined` where that cannot be told (only Linux tells).
 */
export function possibleOwners(lock: SeenLockFile): readonly LockOwner[] | undefined {
  const bootMs = process.platform === 'linux' && canSeeProcesses() ? bootTimeMs() : undefined
  if (bootMs === undefined) return undefined
  return (
    readdirSync('/proc')
      .filter((pid) => {
        if (!/^\d+$/.test(pid)) return false
        const started = linuxStat(Number(pid))?.[19]
        if (started === undefined) return false
        if (hasOpen(pid, lock.path)) return true
        // Start times are given in hundredths of a second; a second is left for rounding on both sides.
        const isYounger = bootMs + Number(started) * 10 > lock.writtenAtMs + 1_000
        return !isYounger && /git/i.test(read(`/proc/${pid}`, 'comm') ?? '') && mayLock(pid, lock.path)
      })
      .map((pid) => ({
        pid: Number(pid),
        startedAt: linuxStat(Number(pid))?.[19],
        keeper: variableOf(pid, keeperVariable),
      }))
      // What could not be read may have ended while it was looked at.
      .filter(isOwnerAlive)
  )
}

/** Whether one of them still lives. */
export function isOwnerAlive({ pid, startedAt }: LockOwner): boolean {
  const now = linuxStat(pid)?.[19]
  return now !== undefined && now === startedAt
}

function variableOf(pid: string, name: string): string | undefined {
  const line = read(`/proc/${pid}`, 'environ')
    ?.split('\0')
    .find((each) => each.startsWith(`${name}=`))
  return line?.slice(name.length + 1)
}

/** Commands that are kept open for hours, and make no lock file. */
const readers: ReadonlySet<string> = new Set([
  'cat-file',
  'check-attr',
  'check-ignore',
  'credential-cache--daemon',
  'fsmonitor--daemon',
  'hash-object',
  'rev-list',
])

/** Whether a git may have made a file, by what it does and where. What cannot be told may be. */
function mayLock(pid: string, path: string): boolean {
  const args = read(`/proc/${pid}`, 'cmdline')?.split('\0')
  const environment = read(`/proc/${pid}`, 'environ')
  const cwd = cwdOf(pid)
  if (args !== undefined && readers.has(commandIn(args))) return false
  if (args === undefined || environment === undefined || cwd === undefined) return true
  if (args.some((arg) => /^--(?:git-dir|work-tree|namespace)\b/.test(arg))) return true
  const places = environment.split('\0').flatMap((line) => {
    const [, name, place] = /^(GIT_[A-Z_]*(?:DIR|FILE))=(.+)$/s.exec(line) ?? []
    return place === undefined
      ? []
      : [{ isGitDir: name === 'GIT_DIR', place: resolve(cwd, place), isTold: isAbsolute(place) }]
  })
  // Git says to its own children where they are as seen from its worktree, which they may have left.
  if (places.some(({ place, isTold }) => !isTold && realPath(place) === undefined)) return true
  const found = places.some(({ isGitDir }) => isGitDir) ? undefined : findGitDir(cwd)
  return [...places.map(({ place }) => place), ...(found === undefined ? [] : [found])].some((place) =>
    isBelow(path, place),
  )
}

/** What git was asked to do, behind the options that come before it. */
function commandIn([program = '', ...args]: readonly string[]): string {
  if (!/(?:^|\/)git$/.test(program)) return ''
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (!arg.startsWith('-')) return arg
    if (arg === '-c' || arg === '-C') at += 1
  }
  return ''
}

/** A file that is made in a git directory, in the one that it shares, or beside another file. */
function isBelow(path: string, place: string): boolean {
  const real = realPath(place)
  if (real === undefined) return path === `${place}.lock`
  if (path === `${real}.lock` || isInside(real, path)) return true
  const common = read(real, 'commondir')?.trim()
  return common !== undefined && isInside(realPath(resolve(real, common)) ?? real, path)
}

/** The git directory that git finds from here upwards, if there is one. */
function findGitDir(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const inside = join(folder, '.git')
    const target = /^gitdir: (.*?)\n*$/s.exec(read(folder, '.git') ?? '')?.[1]
    if (target !== undefined) return resolve(folder, target)
    if (isGitDir(inside)) return inside
    if (isGitDir(folder)) return folder
    if (folder === dirname(folder)) return undefined
  }
}

function isGitDir(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined,
  )
}

/** Where a process is; `undefined` also where it has other mounts than we, so that its paths are not ours. */
function cwdOf(pid: string): string | undefined {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt')) return undefined
    return realpathSync(readlinkSync(`/proc/${pid}/cwd`))
  } catch {
    return undefined
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return undefined
  }
}

function hasOpen(pid: string, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path
      } catch {
        return false
      }
    })
  } catch {
    // Of another user: git would not have let it in without rights to the repository, and if it has, its name is asked.
    return false
  }
}
