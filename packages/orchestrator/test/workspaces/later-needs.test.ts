import { join } from 'node:path'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'

test('a need that is met while a round goes on is in its worktree before the task that needs it', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path })
    const run = await ws.run({
      workstreams: [
        {
          id: 'app',
          claims: ['app/**'],
          tasks: [
            { id: 'begin', run: 'mkdir app && echo 1 > app/one' },
            { id: 'use', needs: ['begin', 'make'], retries: 0, run: 'cp lib/one app/two' },
          ],
        },
        {
          id: 'lib',
          claims: ['lib/**'],
          tasks: [{ id: 'make', run: 'sleep 0.4; mkdir lib && echo lib > lib/one' }],
        },
      ],
    })
    const { status } = await run.result
    await ws.close()
    expect(status).toBe('COMPLETED')
    expect(repository.git('show', 'main:app/two')).toBe('lib')
    expect(repository.git('show', 'main:app/one')).toBe('1')
    const journal = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
    const extended = []
    for await (const { event } of readEvents(journal))
      if (event.type === 'inputs.extended') extended.push(event)
    await journal.close()
    expect(extended).toMatchObject([{ workstreamId: 'app', taskId: 'use' }])
  }))
