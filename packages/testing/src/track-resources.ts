import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Something that a test left behind. */
export type Leak =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'handle'; readonly type: string; readonly count: number }
  | { readonly kind: 'directory'; readonly path: string }

/** What is watched. */
export interface TrackOptions {
  /**
   * A file in which programs that the test starts note themselves, one `<pid> <start time>` a line; the check
   * program does so where `WS_TEST_LEDGER` names the file.
   */
  readonly ledger?: string
  /** Directories of this prefix in `directory` that are new are leaks. @default 'ws-test-' */
  readonly prefix?: string
  /** @default os.tmpdir() */
  readonly directory?: string
}

/** Tells what was opened since it began, and is still there. */
export interface ResourceTracker {
  /** What is there now and was not there when tracking began. */
  leaks(): Promise<readonly Leak[]>
}

/**
 * Remembers what is open now, so that `leaks()` can tell what a test has left: processes by the ledger, handles
 * and timers by what keeps the event loop alive, temporary directories by their prefix.
 */
export function trackResources({
  ledger,
  prefix = 'ws-test-',
  directory = tmpdir(),
}: TrackOptions = {}): ResourceTracker {
  const handlesBefore = countHandles()
  const directoriesBefore = new Set(listDirectories(directory, prefix))
  return {
    async leaks() {
      const processes = ledger === undefined ? [] : livingProcesses(ledger)
      const paths = listDirectories(directory, prefix).filter((path) => !directoriesBefore.has(path))
      return [
        ...processes.map((pid): Leak => ({ kind: 'process', pid })),
        ...(await settledHandles(handlesBefore)),
        ...paths.map((path): Leak => ({ kind: 'directory', path })),
      ]
    },
  }
}

/**
 * Checks that nothing is left.
 * @throws an `Error` that names every leak
 */
export async function assertNoLeaks(tracker: ResourceTracker): Promise<void> {
  const leaks = await tracker.leaks()
  if (leaks.length > 0) throw new Error(`left behind: ${leaks.map(describe).join(', ')}`)
}

function describe(leak: Leak): string {
  switch (leak.kind) {
    case 'process':
      return `process ${leak.pid}`
    case 'handle':
      return `${leak.count} × ${leak.type}`
    case 'directory':
      return leak.path
  }
}

/** A handle that was closed is reported until the loop has turned; so many turns are more than any needs. */
const turns = 20

async function settledHandles(before: ReadonlyMap<string, number>): Promise<Leak[]> {
  let leaks: Leak[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    leaks = [...countHandles()]
      .map(([type, count]): Leak => ({ kind: 'handle', type, count: count - (before.get(type) ?? 0) }))
      .filter((leak) => leak.kind === 'handle' && leak.count > 0)
    if (leaks.length === 0) break
    await nextTurn()
  }
  return leaks
}

function countHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    // The turn of the loop that asks.
    if (type !== 'Immediate') counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

function listDirectories(directory: string, prefix: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map(({ name }) => join(directory, name))
}

function livingProcesses(ledger: string): number[] {
  if (!existsSync(ledger)) return []
  const lines = readFileSync(ledger, 'utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => {
    const [pid = '', start = ''] = line.split(' ')
    return isAlive(Number(pid), start) ? [Number(pid)] : []
  })
}

function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A number may belong to another process by now, or to one that nobody has buried yet.
  const now = startTime(pid)
  return now !== 'ended' && (start === '' || now === '' || now === start)
}

/** When the process was started, in the kernel's ticks; empty where the platform has no `/proc`. */
export function startTime(pid: number): string {
  if (process.platform !== 'linux') return ''
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return 'ended'
  }
  // The name in parentheses may hold anything; state is the first field behind it, start time the twentieth.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '')
}
