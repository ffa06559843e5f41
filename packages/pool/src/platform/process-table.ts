/** A living process. `start` tells it from a later one of the same number; only equality means something. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly start: string
}

/** What a process and its kind have used. */
export interface ProcessUsage {
  /** Processor time since it was started. */
  readonly cpuMs: number
  readonly rssBytes: number
}

/** What the pool has to know and do about processes of this machine, by platform. */
export interface ProcessTable {
  /** Names this boot of this machine, and the namespace that process numbers are of. */
  readonly scope: ProcessScope
  /** Every living process that can be seen; one that has ended and was not counted yet is not living. */
  list(): Promise<readonly ProcessRow[]>
  /** The living process of this number. */
  find(pid: number): ProcessRow | undefined | Promise<ProcessRow | undefined>
  /** Those that were started with one of these marks in their environment. Empty where it cannot be seen. */
  marked(marks: readonly string[]): Promise<readonly ProcessRow[]>
  /** Signals the group that was started as `pid`, while the caller knows that the number is still its own. */
  signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void | Promise<void>
  /** Kills this very process: one that took over its number is not touched. */
  kill(row: ProcessRow): void | Promise<void>
  /** What each of these uses; those that are gone are left out. */
  usage(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessUsage>>
}

/** Where a process number means something. */
export interface ProcessScope {
  readonly host: string
  readonly boot: string
  readonly space: string
}

/** `root` and everything below it, as the table shows it now. */
export function treeOf(rows: readonly ProcessRow[], root: number): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>()
  for (const row of rows) {
    const siblings = children.get(row.parent)
    if (siblings === undefined) children.set(row.parent, [row])
    else siblings.push(row)
  }
  const tree = rows.filter(({ pid }) => pid === root)
  const known = new Set([root])
  // The list grows while it is walked.
  for (const parent of tree)
    for (const child of children.get(parent.pid) ?? [])
      if (!known.has(child.pid) && !isOlder(child, parent)) {
        known.add(child.pid)
        tree.push(child)
      }
  return tree
}

/** Windows names parents that are long gone, by numbers that others have by now: no child is older than its parent. */
function isOlder(child: ProcessRow, parent: ProcessRow): boolean {
  return Number(child.start) < Number(parent.start)
}

/** The name of the variable that marks what an instance started. */
export const markVariable = 'WS_INSTANCE'
