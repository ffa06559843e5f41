import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Records } from '../records.ts'
import type { LedgerLine } from '../shapes/ledger-line.ts'
import type { WorkstreamRecord } from '../shapes/workstream-record.ts'
import { appendLines, type NumberedLine } from './append-lines.ts'
import { writeIfChanged } from './write-atomically.ts'

/** What is written. */
export interface WriteFilesOptions {
  /** The runs whose files are brought up to date. @default all that are not archived */
  readonly runs?: readonly string[]
  /** Whether `merge_queue.json` is written: a merge queue that runs keeps it itself, and knows an ETA. @default true */
  readonly queue?: boolean
  /** The log's sentences from a number on. @default what the records were told */
  readonly log?: (seq: number) => Iterable<NumberedLine> | AsyncIterable<NumberedLine>
}

/** Enough to keep the disk busy, few enough to leave the rest of the program its turn. */
const atOnce = 16

/**
 * Writes the files for people: `runs/<run>/{plan,run_status,report,result}.json`, `report.md`,
 * `verification_report.json`, `workstreams/*.json`, and for all runs `merge_queue.json`, `tool_health.json`,
 * `roadmap_state.json`, `cost_ledger.jsonl` and `logs/orchestrator.log`. Each is derived: deleted, it is made again, byte by byte.
 * One call at a time for a directory.
 *
 * @returns the paths that changed, relative to the directory
 * @example
 * await writeFiles(await recordsOf(readEvents(journal)), '.ws')
 */
export async function writeFiles(
  records: Records,
  directory: string,
  options: WriteFilesOptions = {},
): Promise<readonly string[]> {
  const { runs = records.runIds, queue = true, log = (seq) => records.log({ fromSeq: seq }) } = options
  const changed: string[] = []
  const write = async (path: string, content: string) => {
    if (await writeIfChanged(join(directory, path), content)) changed.push(path)
  }
  for (const runId of runs) {
    const files = filesOfRun(records, runId)
    const all = [...files]
    for (let from = 0; from < all.length; from += atOnce)
      await Promise.all(all.slice(from, from + atOnce).map(([path, content]) => write(path, content)))
    if (files.size > 0) await dropStrangers(files, directory, runId)
  }
  if (queue) await write('merge_queue.json', json(records.queue))
  await write('tool_health.json', json(records.health))
  await write('roadmap_state.json', json(records.roadmap))
  const ledger = {
    path: join(directory, 'cost_ledger.jsonl'),
    from: (seq: number) => ledgerLines(records.ledger, seq),
    seqOf: ledgerSeq,
  }
  if ((await appendLines(ledger)) !== 'same') changed.push('cost_ledger.jsonl')
  const sentences = { path: join(directory, 'logs', 'orchestrator.log'), from: log, seqOf: logSeq }
  if ((await appendLines(sentences)) !== 'same') changed.push('logs/orchestrator.log')
  for (const folder of [directory, join(directory, 'logs')]) await sweep(folder, ownTemporaries)
  return changed.sort()
}

/** The files of one run and what is in them, by their paths from the directory. */
function filesOfRun(records: Records, runId: string): ReadonlyMap<string, string> {
  const run = records.run(runId)
  const files = new Map<string, string>()
  if (run === undefined) return files
  const folder = `runs/${runId}`
  files.set(`${folder}/plan.json`, json(run.plan))
  files.set(`${folder}/run_status.json`, json(run.status))
  files.set(`${folder}/result.json`, json(run.summary))
  files.set(`${folder}/report.json`, json(run.report))
  files.set(`${folder}/report.md`, run.markdown)
  if (run.verification !== undefined) files.set(`${folder}/verification_report.json`, json(run.verification))
  for (const record of run.records) files.set(`${folder}/workstreams/${recordFile(record)}`, json(record))
  return files
}

/** `_run.json` for the run's own record, which no workstream can be called: ids begin with a letter or digit. */
function recordFile({ id, parentId }: WorkstreamRecord): string {
  return parentId === undefined ? '_run.json' : `${id.slice(parentId.length + 1)}.json`
}

/** Files of workstreams that the run does not have, and what a crash left half written. */
async function dropStrangers(known: ReadonlyMap<string, string>, directory: string, runId: string) {
  const folder = `runs/${runId}/workstreams`
  for (const name of await filesIn(join(directory, folder)))
    if (!known.has(`${folder}/${name}`)) await rm(join(directory, folder, name), { force: true })
  await sweep(join(directory, 'runs', runId), /^\.[a-z_]+\.(?:json|md)\.\d+-\d+$/)
}

/** Of the files that only this module writes: a merge queue may be writing its own just now. */
const ownTemporaries =
  /^\.(?:tool_health\.json|roadmap_state\.json|cost_ledger\.jsonl|orchestrator\.log)\.\d+-\d+$/

async function sweep(folder: string, pattern: RegExp): Promise<void> {
  for (const name of await filesIn(folder))
    if (pattern.test(name)) await rm(join(folder, name), { force: true })
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function* ledgerLines(ledger: readonly LedgerLine[], seq: number): Generator<NumberedLine> {
  for (const line of ledger) if (line.seq >= seq) yield { seq: line.seq, text: JSON.stringify(line) }
}

function ledgerSeq(text: string): number | undefined {
  const seq = /^\{"seq":(\d+),/.exec(text)?.[1]
  return seq === undefined ? undefined : Number(seq)
}

function logSeq(text: string): number | undefined {
  const seq = /^(\d+) /.exec(text)?.[1]
  return seq === undefined ? undefined : Number(seq)
}
