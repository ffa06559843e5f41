import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { FileWriter } from '../../src/files/file-writer.ts'
import { MergeQueueFile, mergeQueueJsonSchema, toMergeQueueFile } from '../../src/files/merge-queue-file.ts'
import type { EntryView } from '../../src/queue/entry-view.ts'
import { entry } from '../opened.ts'

const view = (change: Partial<EntryView>): EntryView => ({
  id: 'e1',
  spec: entry({ commit: '1'.repeat(40), level: 1, checks: ['lint', 'unit'] }),
  state: 'QUEUED',
  reason: undefined,
  position: 1,
  checksRequired: ['lint', 'unit'],
  checksPassed: ['lint'],
  queuedAt: 1_700_000_000_000,
  updatedAt: 1_700_000_090_500,
  eta: undefined,
  waiting: [],
  problem: undefined,
  landedAs: undefined,
  revertedBy: undefined,
  ...change,
})

describe('merge_queue.json', () => {
  it('says what waits and what has ended', () => {
    const at = 1_700_000_100_000
    const eta = { at: at + 90_000, from: at, to: at + 200_000 }
    const entries = [
      view({ eta, state: 'CHECKING', reason: 'approval' }),
      view({ id: 'e2', position: undefined, state: 'MERGED' }),
      view({ id: 'e3', position: undefined, state: 'FAILED', reason: 'check-failed' }),
    ]
    const file = toMergeQueueFile({ isPaused: false, targets: [], entries }, at)
    expect(MergeQueueFile.parse(file)).toEqual({
      queue: [
        {
          id: 'e1',
          branch: 'topic',
          target: 'main',
          status: 'CHECKING',
          reason: 'approval',
          priority: 1,
          checks_required: ['lint', 'unit'],
          checks_passed: ['lint'],
          position: 1,
          eta_sec: 90,
          created_at: '2023-11-14T22:13:20.000Z',
          updated_at: '2023-11-14T22:14:50.500Z',
        },
      ],
      processing_history: [
        {
          id: 'e2',
          branch: 'topic',
          target: 'main',
          status: 'MERGED',
          merged_at: '2023-11-14T22:14:50.500Z',
          duration_sec: 90.5,
        },
        {
          id: 'e3',
          branch: 'topic',
          target: 'main',
          status: 'FAILED',
          reason: 'check-failed',
          merged_at: null,
          duration_sec: 90.5,
        },
      ],
    })
  })

  it('of another writer is read, with fields that are new or missing', () => {
    const text = readFileSync(join(import.meta.dirname, 'merge_queue.json'), 'utf8')
    const read = MergeQueueFile.parse(JSON.parse(text))
    expect(read.queue.map(({ id, priority, checks_passed: passed }) => [id, priority, passed])).toEqual([
      ['mq_001', 1, []],
      ['mq_002', 2, []],
      ['mq_003', 5, []],
    ])
    expect(MergeQueueFile.parse({ ...read, mood: 'good' })).toMatchObject({ mood: 'good' })
    expect(MergeQueueFile.safeParse({ queue: [{ id: 'x' }] }).success).toBe(false)
    expect(mergeQueueJsonSchema()).toMatchObject({
      title: 'merge_queue.json',
      required: ['queue', 'processing_history'],
    })
  })
})

describe('a file that is kept up to date', () => {
  it('ends as what is true, whole, with nothing beside it', () =>
    withTempDir(async (folder) => {
      const path = join(folder, 'deep/file.json')
      let content = 0
      const errors: unknown[] = []
      const writer = new FileWriter(
        path,
        () => String(content),
        (error) => errors.push(error),
      )
      for (let i = 1; i <= 50; i++) {
        content = i
        writer.touch()
        if (i % 10 === 0) await Promise.resolve()
      }
      await writer.close()
      expect(readFileSync(path, 'utf8')).toBe('50')
      expect(await readdir(join(folder, 'deep'))).toEqual(['file.json'])
      const nowhere = new FileWriter(
        join(path, 'below-a-file'),
        () => 'x',
        (error) => errors.push(error),
      )
      nowhere.touch()
      await nowhere.close()
      expect(errors).toHaveLength(1)
    }))
})
