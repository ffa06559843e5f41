import { withTempDir } from '@ws/testing'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import {
  ChildMetadata,
  jsonSchemas,
  MasterMetadata,
  recordsOf,
  RunSummary,
  shapes,
  Topic,
  WorkstreamRecord,
  writeFiles,
} from '../../../src/records/index.ts'
import { livedLog } from '../lived-log.ts'

const byFile: Readonly<Record<string, z.ZodType>> = {
  'run_status.json': shapes.status,
  'merge_queue.json': shapes.queue,
  'tool_health.json': shapes.health,
  'roadmap_state.json': shapes.roadmap,
  'report.json': shapes.report,
  'result.json': shapes.result,
  'verification_report.json': shapes.verification,
}

test('every file that is written is what its schema says, in runs of every kind', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(100_000), (seed) =>
      withTempDir(async (dir) => {
        await writeFiles(await recordsOf((await livedLog(seed)).events), dir)
        for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile() || !entry.name.endsWith('.json') || entry.name === 'plan.json') continue
          const path = join(entry.parentPath, entry.name)
          const isRecord = basename(entry.parentPath) === 'workstreams'
          const schema = isRecord ? WorkstreamRecord : byFile[entry.name]
          if (schema === undefined) throw new Error(`no schema for ${path}`)
          const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
          expect(schema.parse(value)).toEqual(value)
          if (!isRecord) continue
          const { metadata, parentId } = WorkstreamRecord.parse(value)
          const known = parentId === undefined ? MasterMetadata : ChildMetadata
          expect(known.safeParse(metadata).error).toBeUndefined()
        }
        for (const line of readFileSync(join(dir, 'cost_ledger.jsonl'), 'utf8').split('\n').slice(0, -1))
          shapes.ledger.parse(JSON.parse(line))
      }),
    ),
    { numRuns: 10 },
  ))

test('fields of a newer writer are passed over, also deep inside', async () => {
  const records = await recordsOf((await livedLog(3, { isCalm: true })).events)
  const summary = records.run('one')?.summary
  const newer = {
    ...summary,
    era: 2,
    workstreams: summary?.workstreams.map((each) => ({ ...each, mood: 'x' })),
  }
  expect(RunSummary.parse(newer)).toMatchObject({ runId: 'one', era: 2 })
})

test('existing clients are understood, and a queue that somebody else wrote is read', () => {
  const timestamp = '2025-10-03T14:20:30Z'
  expect(Topic.safeParse({ type: 'merge.success', branch: 'lane/a', timestamp }).success).toBe(true)
  expect(Topic.safeParse({ type: 'merge.success', branch: 'lane/a', timestamp: 'now' }).success).toBe(false)
  const entry = {
    id: 'mq_1',
    branch: 'b',
    target: 'main',
    status: 'QUEUED',
    priority: 1,
    checks_required: [],
  }
  const file = { queue: [{ ...entry, created_at: timestamp }], processing_history: [] }
  expect(shapes.queue.parse(file).queue[0]?.checks_passed).toEqual([])
})

test('each shape has a JSON Schema, and no two are the same', () => {
  const schemas = jsonSchemas()
  expect(Object.keys(schemas)).toEqual(['plan', 'config', ...Object.keys(shapes)])
  expect(new Set(Object.values(schemas).map((schema) => JSON.stringify(schema))).size).toBe(
    Object.keys(schemas).length,
  )
  expect(schemas.ledger).toMatchObject({ type: 'object', properties: { amount: { type: 'number' } } })
})
