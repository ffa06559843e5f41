import { withTempDir } from '@ws/testing'
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '@ws/core/testing'
import { expect, test } from 'vitest'
import { recordsOf, writeFiles } from '../../../src/records/index.ts'
import { livedLog } from '../lived-log.ts'

/** Every file below a directory with its bytes. */
function filesIn(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    paths.sort().map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  )
}

test('a run has its files, and what was deleted is made again, byte by byte', () =>
  withTempDir(async (dir) => {
    const records = await recordsOf((await livedLog(3, { isCalm: true })).events)
    await writeFiles(records, dir)
    const files = filesIn(dir)
    expect(Object.keys(files).filter((path) => !path.startsWith('runs/two/'))).toEqual([
      'cost_ledger.jsonl',
      'logs/orchestrator.log',
      'merge_queue.json',
      'roadmap_state.json',
      'runs/one/plan.json',
      'runs/one/report.json',
      'runs/one/report.md',
      'runs/one/result.json',
      'runs/one/run_status.json',
      'runs/one/verification_report.json',
      'runs/one/workstreams/_run.json',
      'runs/one/workstreams/check.json',
      'runs/one/workstreams/core.json',
      'runs/one/workstreams/tests.json',
      'tool_health.json',
    ])
    expect(await writeFiles(records, dir)).toEqual([])
    rmSync(dir, { recursive: true })
    await writeFiles(records, dir)
    expect(filesIn(dir)).toEqual(files)
  }))

test('the ledger and the log grow by what is missing, and never hold a line twice', () =>
  withTempDir(async (dir) => {
    const { events } = await livedLog(12)
    for (const cut of [10, 40, 41, 41, 90, events.length]) {
      // As a process that was started anew does it: from the log as it is by then.
      await writeFiles(await recordsOf(events.slice(0, cut)), dir)
    }
    const whole = await recordsOf(events)
    const ledger = readFileSync(join(dir, 'cost_ledger.jsonl'), 'utf8')
    expect(ledger).toBe(whole.ledger.map((line) => `${JSON.stringify(line)}\n`).join(''))
    expect(whole.ledger.length).toBeGreaterThan(2)
    const log = readFileSync(join(dir, 'logs/orchestrator.log'), 'utf8')
    expect(log.trimEnd().split('\n').length).toBe(events.length)
  }))

test('whatever a crash leaves of the files, the next writing makes them whole', () =>
  withTempDir(async (dir) => {
    const random = new Random(7)
    const { events } = await livedLog(12)
    const records = await recordsOf(events)
    await writeFiles(records, dir)
    const whole = filesIn(dir)
    for (let round = 0; round < 12; round++) {
      for (const path of Object.keys(whole)) {
        const file = join(dir, path)
        const fate = random.below(5)
        if (fate === 0) rmSync(file)
        if (fate === 1) truncateSync(file, random.below((whole[path] ?? '').length))
        if (fate === 2) appendFileSync(file, '{"seq":99999999,"half a li')
        if (fate === 3) writeFileSync(join(file, '..', `.${path.split('/').at(-1)}.4242-1`), 'half')
      }
      rmSync(join(dir, '.merge_queue.json.4242-1'), { force: true })
      await writeFiles(records, dir)
      expect(filesIn(dir)).toEqual(whole)
    }
  }))

test('a merge queue that keeps its own file is left to it, and files of unknown workstreams go', () =>
  withTempDir(async (dir) => {
    const records = await recordsOf((await livedLog(3, { isCalm: true })).events)
    await writeFiles(records, dir)
    writeFileSync(join(dir, 'merge_queue.json'), 'its own')
    writeFileSync(join(dir, 'runs/one/workstreams/gone.json'), '{}')
    await writeFiles(records, dir, { queue: false, runs: ['one'] })
    expect(readFileSync(join(dir, 'merge_queue.json'), 'utf8')).toBe('its own')
    expect(readdirSync(join(dir, 'runs/one/workstreams'))).not.toContain('gone.json')
  }))
