import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { ReportFile } from '@ws/store/records'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'

const make = (id: string): PlanInput['workstreams'][number] => ({
  id,
  claims: [`${id}/**`],
  tasks: [{ id: `make-${id}`, run: `mkdir ${id} && echo ${id} > ${id}/one` }],
})

interface Seen {
  readonly repository: TempRepository
  /** What the remote has, by reference. */
  readonly refs: readonly string[]
  readonly runId: string
}

function pushed(remote: PlanInput['remote'], look: (seen: Seen) => void): Promise<void> {
  return withTempRepository(async (repository) => {
    const path = join(repository.folder, 'remote.git')
    execFileSync('git', ['clone', '--quiet', '--bare', repository.path, path])
    repository.git('remote', 'add', 'origin', path)
    const ws = await createOrchestrator({ repo: repository.path })
    try {
      const run = await ws.run({ workstreams: [make('api')], ...(remote === undefined ? {} : { remote }) })
      expect((await run.result).status).toBe('COMPLETED')
      await ws.writeFiles([run.id])
      const refs = repository.gitIn(path, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n')
      look({ repository, refs, runId: run.id })
    } finally {
      await ws.close()
    }
  })
}

test('branches are pushed where the plan says so, and the target is not', () =>
  pushed({ push: 'branches' }, ({ repository, refs, runId }) => {
    expect(refs).toContain(`refs/heads/lane/${runId}/api ${repository.git('rev-parse', `lane/${runId}/api`)}`)
    expect(refs).not.toContain(`refs/heads/main ${repository.git('rev-parse', 'main')}`)
  }))

test('the target is pushed where the plan says so, and branches are not', () =>
  pushed({ push: 'target' }, ({ repository, refs }) => {
    expect(repository.git('show', 'main:api/one')).toBe('api')
    expect(refs).toEqual([`refs/heads/main ${repository.git('rev-parse', 'main')}`])
  }))

test('a branch that cannot be pushed is told of, and its work lands', () =>
  pushed({ name: 'nowhere', push: 'branches' }, ({ repository, runId }) => {
    const report = ReportFile.parse(JSON.parse(repository.read(`.ws/runs/${runId}/report.json`)))
    expect(report.nodes[0]?.warnings?.[0]).toContain('its branch was not pushed to nowhere')
    expect(repository.git('show', 'main:api/one')).toBe('api')
  }))
