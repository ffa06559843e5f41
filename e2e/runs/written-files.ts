// The files that a run leaves for people and other programs, each held against its shape.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { openSqliteJournal } from '@ws/store'
import { ChildMetadata, MasterMetadata, readEvents, shapes } from '@ws/store/records'
import type { TempRepository } from '@ws/testing'

type ShapeName = keyof typeof shapes

const byName: Readonly<Record<string, ShapeName>> = {
  'run_status.json': 'status',
  'report.json': 'report',
  'result.json': 'result',
  'verification_report.json': 'verification',
  'merge_queue.json': 'queue',
  'tool_health.json': 'health',
  'roadmap_state.json': 'roadmap',
}

/** Every file under `.ws` by its path, with the shape that it was found to have. */
export interface WrittenFiles {
  readonly shapeOf: ReadonlyMap<string, ShapeName>
  /** Files that are no JSON: logs and reports for people. */
  readonly texts: readonly string[]
}

/**
 * Reads every file of `.ws`, and every event of the log.
 * @throws for one that is not what its shape says, or of which nothing is known
 */
export async function readWritten(repository: Pick<TempRepository, 'path'>): Promise<WrittenFiles> {
  const root = join(repository.path, '.ws')
  const shapeOf = new Map<string, ShapeName>()
  const texts: string[] = []
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = relative(root, file).split(sep).join('/')
    const text = readFileSync(file, 'utf8')
    // What a plan became is read by ourselves alone; artifacts are whatever a task made.
    if (entry.name === 'plan.json' || path.includes('/artifacts/')) continue
    if (entry.name.endsWith('.json')) shapeOf.set(path, checkFile(path, JSON.parse(text)))
    else if (entry.name.endsWith('.jsonl')) shapeOf.set(path, checkLedger(path, text))
    else texts.push(path)
  }
  await checkLog(repository)
  return { shapeOf, texts }
}

function checkFile(path: string, value: unknown): ShapeName {
  const isRecord = path.split('/').at(-2) === 'workstreams'
  const name = isRecord ? 'record' : byName[basename(path)]
  if (name === undefined) throw new Error(`nothing says what ${path} should be`)
  check(path, shapes[name].safeParse(value))
  if (!isRecord) return name
  const { metadata, parentId } = shapes.record.parse(value)
  check(`${path}: metadata`, (parentId === undefined ? MasterMetadata : ChildMetadata).safeParse(metadata))
  return name
}

function checkLedger(path: string, text: string): ShapeName {
  const lines = text.split('\n').filter((line) => line !== '')
  for (const [index, line] of lines.entries())
    check(`${path}:${index + 1}`, shapes.ledger.safeParse(JSON.parse(line)))
  return 'ledger'
}

/** Each event as it would leave the process. */
async function checkLog({ path }: Pick<TempRepository, 'path'>): Promise<void> {
  const journal = await openSqliteJournal({ path: join(path, '.git', 'ws', 'journal.db') })
  try {
    for await (const { seq, at, event } of readEvents(journal))
      check(
        `event ${seq}, ${event.type}`,
        shapes.event.safeParse({ ...event, seq, at: new Date(at).toISOString() }),
      )
  } finally {
    await journal.close()
  }
}

function check(
  what: string,
  result: { readonly success: boolean; readonly error?: Error | undefined },
): void {
  if (!result.success) throw new Error(`${what} is not what it should be: ${result.error?.message ?? ''}`)
}
