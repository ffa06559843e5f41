// Somebody else's merge queue in the place of ours: here a forge that takes every branch it is offered.
import type { Landing } from '@ws/core'
import { createOrchestrator } from '@ws/orchestrator'
import { withTempRepository } from '@ws/testing'

await withTempRepository(async (repository) => {
  const opened: string[] = []
  const forge: Landing = {
    // The key is the same when a landing is asked for again after a crash: a forge would look for it first.
    land: ({ key, branch, commit, subject }) => {
      opened.push(`${subject}: ${branch} (${key.split('/').at(-1)})`)
      return Promise.resolve({ kind: 'landed', commit })
    },
    change: () => {},
    close: () => Promise.resolve(),
  }

  const ws = await createOrchestrator({ repo: repository.path, landing: forge })
  const run = await ws.run({
    runId: 'spring',
    workstreams: [
      {
        id: 'api',
        name: 'The interface',
        claims: ['api/**'],
        tasks: [{ id: 'a', run: 'mkdir api && echo 1 > api/version' }],
      },
    ],
  })
  const { status } = await run.result
  console.log(status, opened)
  console.log(repository.git('branch', '--list', 'lane/*').trim())
  await ws.close()
})
