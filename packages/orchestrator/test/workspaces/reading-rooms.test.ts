import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineAdapter, type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator } from '../../src/index.ts'

const writer = lineAdapter({
  tool: 'writer',
  commands: [process.execPath],
  args: [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '..', 'programs', 'writing-tool.ts'),
  ],
})

const story = (tell: (ws: Orchestrator, repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('a guide', { 'guide.md': 'be kind' })
    const refs = repository.git('for-each-ref', 'refs/heads')
    const ws = await createOrchestrator({ repo: repository.path, adapters: { writer } })
    try {
      await tell(ws, repository)
    } finally {
      await ws.close()
    }
    expect(repository.git('for-each-ref', 'refs/heads')).toBe(refs)
    expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
    expect(repository.git('status', '--porcelain')).toBe('')
    expect(existsSync(`${repository.path}.reading`)).toBe(false)
  })

const tasks = (run: string) => [{ id: 't', run }]

describe('to analyze', () => {
  test('is to look at the target in a folder of its own: no branch, no landing, the answer is kept', () =>
    story(async (ws, repository) => {
      const run = await ws.run(
        {
          merge: { checks: ['never'] },
          checks: { never: { run: 'false' } },
          workstreams: [
            {
              id: 'look',
              claims: ['docs/**'],
              tasks: [{ id: 't', tool: 'writer', prompt: 'write docs/a.md', inputs: ['*.md'] }],
            },
          ],
        },
        { mode: 'analyze' },
      )
      const result = await run.result
      expect(result).toMatchObject({ status: 'COMPLETED' })
      expect(result.workstreams[0]).not.toHaveProperty('commit')
      await ws.writeFiles()
      const answer = join(repository.path, '.ws', 'runs', run.id, 'artifacts', 't', 'answer.md')
      expect(readFileSync(answer, 'utf8')).toBe('wrote docs/a.md')
      // It wrote all the same: that reaches nobody, is kept, and is told.
      const [kept = ''] = repository.git('for-each-ref', '--format=%(refname)', 'refs/ws/rescue').split('\n')
      expect(repository.git('ls-tree', '-r', '--name-only', kept)).toContain('docs/a.md')
      expect(repository.git('show', `${kept}:docs/a.md`)).toContain('write docs/a.md')
    }))

  test('several tasks of a workstream each begin with the files of the target', () =>
    story(async (ws) => {
      const run = await ws.run(
        {
          workstreams: [
            {
              id: 'look',
              tasks: [
                { id: 'spoil', run: 'rm guide.md && echo 1 > more' },
                { id: 'see', needs: ['spoil'], run: 'test -e guide.md && test ! -e more && test ! -e .git' },
              ],
            },
          ],
        },
        { mode: 'analyze' },
      )
      expect((await run.result).status).toBe('COMPLETED')
    }))

  test('that fails leaves no folder either', () =>
    story(async (ws) => {
      const run = await ws.run(
        { defaults: { retries: 0 }, workstreams: [{ id: 'look', tasks: tasks('false') }] },
        { mode: 'analyze' },
      )
      expect((await run.result).status).toBe('FAILED')
    }))

  test('what a task was to make besides commits is kept, and is no change', () =>
    story(async (ws, repository) => {
      const run = await ws.run(
        {
          workstreams: [
            { id: 'look', tasks: [{ id: 't', run: 'echo 3 > findings.txt', artifacts: ['findings.txt'] }] },
          ],
        },
        { mode: 'analyze' },
      )
      expect((await run.result).status).toBe('COMPLETED')
      const kept = join(repository.path, '.ws', 'runs', run.id, 'artifacts', 't', 'findings.txt')
      expect(readFileSync(kept, 'utf8')).toBe('3\n')
      expect(repository.git('for-each-ref', 'refs/ws/rescue')).toBe('')
    }))
})
