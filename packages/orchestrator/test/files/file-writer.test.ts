import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { shapes } from '@ws/store/records'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'

test('at the end of a run its files are written, each as its schema says, and can be made again', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path })
    const run = await ws.run({
      workstreams: [
        { id: 'docs', claims: ['docs/**'], tasks: [{ id: 'd', run: 'mkdir docs && echo 1 > docs/one' }] },
        { id: 'broken', claims: ['src/**'], tasks: [{ id: 'b', run: 'exit 3', retries: 0 }] },
      ],
    })
    expect((await run.result).status).toBe('FAILED')
    await ws.close()

    const folder = join(repository.path, '.ws', 'runs', run.id)
    const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
    expect(shapes.status.parse(read('run_status.json'))).toBeDefined()
    expect(shapes.report.parse(read('report.json'))).toBeDefined()
    expect(shapes.result.parse(read('result.json'))).toBeDefined()
    for (const name of readdirSync(join(folder, 'workstreams')))
      expect(shapes.record.parse(read(join('workstreams', name)))).toBeDefined()
    const report = readFileSync(join(folder, 'report.md'), 'utf8')
    expect(report).toContain('## Landing')
    expect(shapes.health.parse(read('../../tool_health.json'))).toBeDefined()
    expect(shapes.roadmap.parse(read('../../roadmap_state.json'))).toBeDefined()
    expect(shapes.queue.parse(read('../../merge_queue.json'))).toBeDefined()

    rmSync(folder, { recursive: true })
    const again = await createOrchestrator({ repo: repository.path })
    expect(await again.writeFiles()).toContain(`runs/${run.id}/report.json`)
    await again.close()
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toBe(report)
  }))
