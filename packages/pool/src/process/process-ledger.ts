import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ownProcesses } from '../platform/own-processes.ts'
import { markVariable, type ProcessRow, type ProcessTable, treeOf } from '../platform/process-table.ts'
import { freshName, ownEnvironment } from '../platform/surroundings.ts'
import { endTree } from './end-tree.ts'

/*
 * Which processes are ours, for the day on which we are killed ourselves. A folder with one file for each program
 * that starts tools; a file has an owner, so that nobody touches the processes of those who still live.
 *
 *   {"owner":{"pid":7,"start":"123","host":"…","boot":"…","space":"…"}}
 *   {"begin":"<mark>"}            before the process is there
 *   {"note":"<mark>","pid":9,"start":"456"}
 *   {"end":"<mark>"}              nothing of it is left
 *
 * Lines are only added and not forced onto the disk: what ends this program leaves them, and what ends the machine
 * ends the processes too.
 */

const Owner = z.object({
  pid: z.number(),
  start: z.string(),
  host: z.string(),
  boot: z.string(),
  space: z.string(),
})
const Line = z.union([
  z.object({ owner: Owner }),
  z.object({ begin: z.string() }),
  z.object({ note: z.string(), pid: z.number(), start: z.string() }),
  z.object({ end: z.string() }),
])

/** Remembers on disk which processes are there. */
export interface ProcessLedger {
  /** A process with this mark is about to be started. @throws where that cannot be written down */
  begin(mark: string): void
  /** It has this number. */
  note(mark: string, pid: number): void
  /** Nothing of it is left. */
  end(mark: string): void
  /** Removes the ledger where nothing is left; otherwise it waits for `sweepOrphans`. */
  close(): void
}

/** Opens a ledger for this program in a folder that others may share. */
export async function openProcessLedger(
  folder: string,
  { processes = ownProcesses() }: { readonly processes?: ProcessTable } = {},
): Promise<ProcessLedger> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${freshName()}.jsonl`)
  const open = new Set<string>()
  const say = (line: z.infer<typeof Line>) =>
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 })
  const self = await processes.find(process.pid)
  /** A full disk must not fall upon whoever ends a process: what is missing here makes the next sweep look for more. */
  const mayFail = (write: () => void) => {
    try {
      write()
    } catch {}
  }
  say({ owner: { pid: process.pid, start: self?.start ?? '-', ...processes.scope } })
  return {
    begin(mark) {
      say({ begin: mark })
      open.add(mark)
    },
    note(mark, pid) {
      const found = processes.find(pid)
      const sayStart = (row: ProcessRow | undefined) => {
        if (row !== undefined && open.has(mark)) mayFail(() => say({ note: mark, pid, start: row.start }))
      }
      // Some systems take a while to say when it started; until then the mark has to be enough.
      if (found instanceof Promise) void found.then(sayStart)
      else sayStart(found)
    },
    end(mark) {
      if (open.delete(mark)) mayFail(() => say({ end: mark }))
    },
    close() {
      if (open.size === 0) mayFail(() => rmSync(file, { force: true }))
    },
  }
}

/** What a sweep found. */
export interface SweptOrphans {
  /** Processes that were ended. */
  readonly ended: readonly number[]
  /** Processes that would not go. */
  readonly survivors: readonly number[]
}

/**
 * Ends what programs left running that are gone themselves, by the ledgers in `folder`. Processes of those who
 * live, of other machines, and strangers who got a number meanwhile are not touched.
 */
export async function sweepOrphans(
  folder: string,
  { processes = ownProcesses() }: { readonly processes?: ProcessTable } = {},
): Promise<SweptOrphans> {
  const ended: number[] = []
  const survivors: number[] = []
  for (const name of await namesIn(folder)) {
    const file = join(folder, name)
    const left = readLedger(await readFile(file, 'utf8').catch(() => ''))
    if (left === undefined || !(await isOwnerGone(left.owner, processes))) continue
    const isSameBoot = left.owner.boot === processes.scope.boot
    // Whoever sweeps from inside an orphan would end itself.
    const marks = isSameBoot ? left.marks.filter((mark) => !ownMarks().includes(mark)) : []
    const rows = marks.length === 0 ? [] : await rowsOf({ ...left, marks }, processes)
    const stuck = marks.length === 0 ? [] : await endTree({ processes, seen: rows, marks })
    ended.push(...rows.map(({ pid }) => pid).filter((pid) => !stuck.some((row) => row.pid === pid)))
    survivors.push(...stuck.map(({ pid }) => pid))
    if (stuck.length === 0 && (marks.length === left.marks.length || !isSameBoot))
      await rm(file, { force: true })
  }
  return { ended, survivors }
}

interface LedgerContent {
  readonly owner: z.infer<typeof Owner>
  /** Of processes that were not seen to end. */
  readonly marks: readonly string[]
  readonly noted: readonly { readonly mark: string; readonly pid: number; readonly start: string }[]
}

function ownMarks(): readonly string[] {
  return (ownEnvironment()[markVariable] ?? '').split(':')
}

/** What a ledger says; `undefined` where it says nothing that can be trusted. */
export function readLedger(text: string): LedgerContent | undefined {
  let owner: LedgerContent['owner'] | undefined
  const open = new Map<string, LedgerContent['noted'][number] | undefined>()
  for (const line of text.split('\n')) {
    const parsed = Line.safeParse(parseJson(line))
    // The last line may be half a line.
    if (!parsed.success) continue
    const said = parsed.data
    if ('owner' in said) owner = said.owner
    else if ('begin' in said) open.set(said.begin, undefined)
    else if ('note' in said) open.set(said.note, { mark: said.note, pid: said.pid, start: said.start })
    else open.delete(said.end)
  }
  if (owner === undefined) return undefined
  return { owner, marks: [...open.keys()], noted: [...open.values()].filter((each) => each !== undefined) }
}

async function isOwnerGone(owner: LedgerContent['owner'], processes: ProcessTable): Promise<boolean> {
  const { host, boot, space } = processes.scope
  if (owner.host !== host) return false
  if (owner.boot !== boot) return true
  return owner.space === space && (await processes.find(owner.pid))?.start !== owner.start
}

/** What is left of a ledger's processes: by mark, by number and start, and whatever these have started. */
async function rowsOf({ marks, noted }: LedgerContent, processes: ProcessTable): Promise<ProcessRow[]> {
  const all = await processes.list()
  const known = new Map((await processes.marked(marks)).map((row) => [row.pid, row]))
  const ours = noted.filter(({ mark }) => marks.includes(mark))
  const roots = all.filter((row) => ours.some(({ pid, start }) => row.pid === pid && row.start === start))
  for (const root of [...roots, ...known.values()])
    for (const row of treeOf(all, root.pid)) known.set(row.pid, row)
  return [...known.values()]
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.jsonl'))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
