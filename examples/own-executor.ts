// Attempts done by something of one's own, a container service or a function, in the worktrees and landings of @ws.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Executor, noUsage } from '@ws/core'
import { createOrchestrator } from '@ws/orchestrator'
import { withTempRepository } from '@ws/testing'

const inThisProcess: Executor = {
  execute: async ({ taskId, cwd, job }, { signal, onOutput }) => {
    if (signal.aborted) return { kind: 'interrupted', usage: noUsage, text: '' }
    const text = job.kind === 'tool' ? `${job.tool}: ${job.prompt}` : String(job.run)
    onOutput({ stream: 'out', text: `${text}\n` })
    await mkdir(join(cwd, taskId))
    await writeFile(join(cwd, taskId, 'answer.txt'), `${text}\n`)
    return { kind: 'completed', usage: { ...noUsage, costUsd: 0.01 }, text }
  },
  sweep: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

await withTempRepository(async (repository) => {
  const ws = await createOrchestrator({ repo: repository.path, executor: inThisProcess })
  const run = await ws.run({
    workstreams: ['api', 'docs'].map((id) => ({
      id,
      claims: [`${id}/**`],
      tasks: [{ id, tool: 'claude', prompt: `work on ${id}` }],
    })),
  })
  const { status } = await run.result
  // The checkout follows what has landed in its own time, and at the latest now.
  await ws.close()
  console.log(status, repository.git('ls-tree', '-r', '--name-only', 'main').split('\n'))
})
