import { withTempDir } from '@ws/testing'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteJournal, type SqliteJournal } from '../src/index.ts'
import { runProgram } from './programs/run-program.ts'
import { appendSample, readAll, sampleSteps } from './sample-steps.ts'

async function opened(path: string, body: (journal: SqliteJournal) => Promise<void>): Promise<void> {
  const journal = await openSqliteJournal({ path })
  try {
    await body(journal)
  } finally {
    await journal.close()
  }
}

async function readAndClose(journal: SqliteJournal): Promise<unknown> {
  const steps = await readAll(journal)
  await journal.close()
  return steps
}

/** A log of five steps, two of which were moved beside it before. */
async function makeLog(folder: string): Promise<string> {
  const path = join(folder, 'journal.db')
  await opened(path, async (journal) => {
    await appendSample(journal, 1, 2)
    await journal.archiveBeside()
    await appendSample(journal, 3, 5)
    await journal.saveSnapshot({ stream: 'run', machineVersion: 1, version: 3, lastAt: 1, state: { n: 3 } })
  })
  return path
}

/** Every record is there once, as it was given, and so it is after the next move; nothing is left of one that did not end. */
async function expectMovable(
  path: string,
  { goesOn, partCount }: { readonly goesOn: boolean; readonly partCount?: number },
): Promise<void> {
  await expect(openSqliteJournal({ path }).then(readAndClose)).resolves.toEqual(sampleSteps(5))
  await opened(path, async (journal) => {
    if (goesOn) await appendSample(journal, 6, 7)
    await journal.archiveBeside()
    expect(await journal.archiveBeside()).toBe(false)
    expect(await readAll(journal)).toEqual(sampleSteps(goesOn ? 7 : 5))
    await journal.verify()
  })
  const files = readdirSync(`${path}.archive`).toSorted()
  const parts = files.filter((name) => name.endsWith('.db'))
  expect(files).toEqual(parts.flatMap((name) => [name, `${name}-anchor`]))
  if (partCount !== undefined) expect(parts).toHaveLength(partCount)
}

/** Whether a step is as the one before, on files that nobody else knows yet. */
const isMoreOfTheSame = (step: string, before = ''): boolean =>
  ['step exec PRAGMA', 'step rmSync', 'step run INSERT'].some((each) =>
    [step, before].every((one) => one.startsWith(each)),
  )

test('killed before any of its steps, a move loses and doubles no record, and the next one ends it', async () => {
  await withTempDir(async (dir) => {
    const copyOf = (folder: string, name: string): string => {
      cpSync(join(dir, folder), join(dir, name), { recursive: true })
      return join(dir, name, 'journal.db')
    }
    await makeLog(join(dir, 'log'))
    const whole = await runProgram('archive.ts', [copyOf('log', 'whole')])
    expect(whole.lines.at(-1), whole.errors).toBe('moved true')
    await expectMovable(join(dir, 'whole', 'journal.db'), { goesOn: false, partCount: 2 })
    const steps = whole.lines.slice(0, -1)
    // What is cut is anchored on the disk before, and the copy has its name.
    const end = steps.lastIndexOf('step exec COMMIT') + 1
    expect(steps.slice(end - 8, end).map((step) => step.split(' ').slice(1, 3).join(' '))).toEqual([
      ...['renameSync', 'renameSync', 'openSync', 'fsyncSync'],
      ...['run DELETE', 'writeSync', 'fsyncSync', 'exec COMMIT'],
    ])

    const isThorough = process.env['WS_SOAK'] !== undefined
    // The last ones first: they are those after which the log is no more what it was.
    for (const [index, step] of [...steps.entries()].toReversed()) {
      if (!isThorough && isMoreOfTheSame(step, steps[index - 1])) continue
      const at = index + 1
      const path = copyOf('log', `${at}`)
      const killed = await runProgram('archive.ts', [path, `${at}`])
      expect([killed.signal, ...killed.lines], killed.errors).toEqual(['SIGKILL', ...steps.slice(0, at)])
      const other = copyOf(`${at}`, `${at}-goes-on`)
      if (isThorough || at % 2 === 0) await expectMovable(path, { goesOn: false, partCount: 2 })
      if (isThorough || at % 2 === 1) await expectMovable(other, { goesOn: true })
    }
  })
}, 240_000)
