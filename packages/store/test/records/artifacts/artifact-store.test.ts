import { withTempDir } from '@ws/testing'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ArtifactStore } from '../../../src/records/index.ts'

test('what was put is given back, listed by run and workstream, and equal contents are kept once', () =>
  withTempDir(async (dir) => {
    const store = new ArtifactStore(dir)
    const report = await store.put({ runId: 'r1', workstreamId: 'b', name: 'out/../report.json' }, '{"a":1}')
    const copy = await store.put({ runId: 'r1', workstreamId: 'a', taskId: 't', name: 'copy' }, '{"a":1}')
    await store.put({ runId: 'r2', workstreamId: 'a', name: 'other' }, Buffer.from([0, 255]))
    expect(copy.digest).toBe(report.digest)
    expect(report.bytes).toBe(7)
    expect(Buffer.from(await store.get(report)).toString()).toBe('{"a":1}')
    expect(await store.list({ runId: 'r1' })).toEqual([copy, report])
    expect(await store.list({ runId: 'r1', workstreamId: 'b' })).toEqual([report])
    expect(await store.list({ runId: 'nobody' })).toEqual([])
    const contents = readdirSync(join(dir, 'sha256'), { recursive: true, withFileTypes: true })
    expect(contents.filter((entry) => entry.isFile()).length).toBe(2)
    expect(await store.has(report.digest)).toBe(true)
    expect(await store.has('0'.repeat(64))).toBe(false)
  }))

test('a name that is given again speaks of the new content', () =>
  withTempDir(async (dir) => {
    const store = new ArtifactStore(dir)
    await store.put({ runId: 'r', workstreamId: 'w', name: 'n' }, 'old')
    const fresh = await store.put({ runId: 'r', workstreamId: 'w', name: 'n' }, 'new')
    expect(await new ArtifactStore(dir).list({ runId: 'r' })).toEqual([fresh])
  }))

test('content that is damaged or gone is never given out, and is healed by being put again', () =>
  withTempDir(async (dir) => {
    const store = new ArtifactStore(dir)
    const name = { runId: 'r', workstreamId: 'w', name: 'n' }
    const artifact = await store.put(name, 'content')
    writeFileSync(join(dir, 'sha256', artifact.digest.slice(0, 2), artifact.digest), 'c0ntent')
    await expect(store.get(artifact)).rejects.toMatchObject({ code: 'WS_ARTIFACT_DAMAGED' })
    await store.put(name, 'content')
    expect(Buffer.from(await store.get(artifact)).toString()).toBe('content')
    await expect(store.get({ name: 'x', digest: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'WS_ARTIFACT_MISSING',
    })
    await expect(store.get({ name: 'x', digest: '../../etc' })).rejects.toMatchObject({
      code: 'WS_ARTIFACT_MISSING',
    })
  }))
