import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Plan, type PlanInput } from '@ws/core'
import { ReportFile, WorkstreamRecord } from '@ws/store/records'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'
import { landedAtOnce } from '../landed-at-once.ts'

interface Seen {
  readonly repository: TempRepository
  readonly runId: string
  readonly branchOf: (workstreamId: string) => string
  readonly report: ReportFile
}

function afterRun(plan: PlanInput, look: (seen: Seen) => void): Promise<void> {
  return withTempRepository(async (repository) => {
    const landing = landedAtOnce()
    const ws = await createOrchestrator({ repo: repository.path, landing })
    try {
      const { runId, status } = await (await ws.run(Plan.parse(plan))).result
      expect(status).toBe('COMPLETED')
      await ws.writeFiles([runId])
      const report = ReportFile.parse(JSON.parse(repository.read(`.ws/runs/${runId}/report.json`)))
      const branchOf = (id: string) =>
        landing.requests.find(({ workstreamId }) => workstreamId === id)?.commit ?? ''
      look({ repository, runId, report, branchOf })
    } finally {
      await ws.close()
    }
  })
}

test('artifacts are kept beside the commits, listed, and found by the tasks that come after', () =>
  afterRun(
    {
      workstreams: [
        {
          id: 'build',
          claims: ['src/**', 'out/**'],
          tasks: [
            {
              id: 'compile',
              run: 'mkdir -p src out/deep && echo code > src/a && echo log > out/deep/build.log',
              artifacts: ['out/**'],
            },
          ],
        },
        {
          id: 'look',
          claims: ['notes/**'],
          tasks: [
            {
              id: 'read',
              needs: ['compile'],
              run: 'mkdir notes && cp "$WS_ARTIFACTS/compile/out/deep/build.log" notes/copy',
            },
          ],
        },
      ],
    },
    ({ repository, runId, report, branchOf }) => {
      const kept = `runs/${runId}/artifacts/compile/out/deep/build.log`
      expect(report.artifacts_generated).toEqual([kept])
      expect(readFileSync(join(repository.path, '.ws', kept), 'utf8')).toBe('log\n')
      expect(repository.git('ls-tree', '-r', '--name-only', branchOf('build'), 'src', 'out')).toBe('src/a')
      expect(repository.git('show', `${branchOf('look')}:notes/copy`)).toBe('log')
    },
  ))

test('what a verifying task puts out is an artifact, never a commit', () =>
  afterRun(
    {
      workstreams: [
        {
          id: 'check',
          claims: [],
          tasks: [{ id: 'verify', role: 'verify', run: 'echo fine > verdict.txt', outputs: ['verdict.txt'] }],
        },
      ],
    },
    ({ repository, runId, report }) => {
      expect(report.artifacts_generated).toEqual([`runs/${runId}/artifacts/verify/verdict.txt`])
      expect(repository.git('log', '--branches', '--format=', '--name-only', '--', 'verdict.txt')).toBe('')
    },
  ))

test('the report tells which files were changed, and where', () =>
  afterRun(
    {
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [{ id: 'a', run: 'mkdir api && echo 1 > api/x && touch stray' }],
        },
      ],
    },
    ({ repository, runId, report }) => {
      expect(report.nodes).toMatchObject([{ files_modified: ['api/x'], set_aside: ['stray'] }])
      expect(report.quality_metrics).toMatchObject({ files_changed: 1, lines_added: 1, lines_removed: 0 })
      const record = WorkstreamRecord.parse(
        JSON.parse(repository.read(`.ws/runs/${runId}/workstreams/api.json`)),
      )
      expect(record.metadata).toMatchObject({
        branch: `lane/${runId}/api`,
        worktree: expect.stringContaining(`${repository.path}.ws`),
      })
    },
  ))
