// oxlint-disable unicorn/no-thenable -- the setting of a plan is called "then"; its value is a word, never a function
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import {
  createOrchestrator,
  type Orchestrator,
  type OrchestratorOptions,
  type RunResult,
} from '../src/index.ts'
import { landedAtOnce } from './landed-at-once.ts'

interface Story {
  readonly repository: TempRepository
  readonly ws: Orchestrator
  readonly landing: ReturnType<typeof landedAtOnce>
  /** Starts a plan and waits for its end. */
  finish(workstreams: PlanInput['workstreams'], plan?: Partial<PlanInput>): Promise<RunResult>
}

/** A repository with an orchestrator on it; nothing of either is left. */
function story(
  tell: (story: Story) => Promise<void>,
  options: Partial<OrchestratorOptions> = {},
): Promise<void> {
  return withTempRepository(async (repository) => {
    const landing = landedAtOnce()
    const ws = await createOrchestrator({ repo: repository.path, landing, ...options })
    try {
      const finish: Story['finish'] = async (workstreams, plan) =>
        (await ws.run({ ...plan, workstreams })).result
      await tell({ repository, ws, landing, finish })
    } finally {
      await ws.close()
    }
  })
}

const states = ({ workstreams }: RunResult) => workstreams.map(({ id, status }) => `${id} ${status}`)

describe('a run', () => {
  test('does commands in worktrees and lands what they changed', () =>
    story(async ({ repository, landing, finish }) => {
      const before = repository.git('status', '--porcelain', '--branch')
      const result = await finish([
        { id: 'one', claims: ['one/**'], tasks: [{ id: 'w', run: 'mkdir one && echo 1 > one/x' }] },
        {
          id: 'two',
          claims: ['two/**'],
          tasks: [{ id: 'v', label: 'make two', run: 'mkdir two && echo 2 > two/x' }],
        },
      ])
      expect(result.status).toBe('COMPLETED')
      expect(result.counts.COMPLETED).toBe(2)
      const two = landing.requests.find(({ workstreamId }) => workstreamId === 'two')
      expect(repository.git('show', `${two?.commit}:two/x`).trim()).toBe('2')
      expect(
        repository
          .git('log', '-1', '--format=%B', two?.commit ?? '')
          .trim()
          .split('\n'),
      ).toEqual([
        'make two',
        '',
        `Ws-Correlation: ${result.runId}`,
        `Ws-Run: ${result.runId}`,
        'Ws-Task: v',
        'Ws-Attempt: 1',
      ])
      expect(repository.git('status', '--porcelain', '--branch')).toBe(before)
    }))

  test('builds on what it needs before that has landed', () =>
    story(async ({ repository, landing, finish }) => {
      const result = await finish([
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [
            { id: 'write', run: 'mkdir api && echo v1 > api/version' },
            { id: 'polish', needs: ['write'], run: 'echo v2 > api/version' },
          ],
        },
        {
          id: 'ui',
          claims: ['ui/**'],
          tasks: [{ id: 'use', needs: ['write'], run: 'mkdir ui && cp api/version ui/' }],
        },
      ])
      expect(states(result)).toEqual(['api COMPLETED', 'ui COMPLETED'])
      const ui = landing.requests.find(({ workstreamId }) => workstreamId === 'ui')
      expect(repository.git('show', `${ui?.commit}:ui/version`).trim()).toMatch(/^v[12]$/)
      expect(repository.git('diff', '--name-only', ui?.base ?? '', ui?.commit ?? '').trim()).toBe(
        'ui/version',
      )
    }))

  test('an empty change is a success with nothing to land but itself', () =>
    story(async ({ finish }) => {
      const result = await finish([{ id: 'look', claims: [], tasks: [{ id: 'see', run: 'true' }] }])
      expect(result.status).toBe('COMPLETED')
    }))

  test('leaves the branches on which something was put, and no others', () =>
    story(async ({ repository, ws, finish }) => {
      const { runId } = await finish([
        { id: 'look', claims: [], tasks: [{ id: 'see', run: 'true' }] },
        { id: 'work', claims: ['x'], tasks: [{ id: 'do', run: 'echo 1 > x' }] },
      ])
      await ws.close()
      const branches = repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/').trim()
      expect(branches.split('\n')).toEqual([`lane/${runId}/work`, 'main'])
    }))
})

describe('a guardrail', () => {
  test('a change outside the claims is a quarantine, and the work is kept', () =>
    story(async ({ repository, finish }) => {
      const file = repository.git('ls-files').trim().split('\n')[0] ?? ''
      const result = await finish([
        { id: 'bad', claims: ['src/**'], tasks: [{ id: 'stray', run: `echo x >> ${file}` }] },
      ])
      expect(states(result)).toEqual(['bad QUARANTINED'])
      expect(result.workstreams[0]?.tasks[0]?.error).toBe(`changed ${file} outside its claims`)
      const rescued = repository.git('for-each-ref', '--format=%(refname)', 'refs/ws/rescue/').trim()
      expect(repository.git('show', `${rescued}:${file}`)).toMatch(/x$/)
    }))

  test('a new file outside the claims is set aside', () =>
    story(async ({ repository, landing, finish }) => {
      const result = await finish([
        { id: 'a', claims: ['src/**'], tasks: [{ id: 't', run: 'mkdir src && touch src/x stray.txt' }] },
      ])
      expect(result.status).toBe('COMPLETED')
      const commit = landing.requests[0]?.commit ?? ''
      expect(repository.git('ls-tree', '-r', '--name-only', commit)).not.toContain('stray.txt')
    }))

  test('a secret, a forbidden path and a command that says no are found before anything is committed', () =>
    story(async ({ finish, landing }) => {
      const result = await finish(
        [
          {
            id: 'leak',
            claims: ['a/**'],
            tasks: [{ id: 'a', run: `mkdir a; echo npm_${'Z'.repeat(36)} > a/k` }],
          },
          { id: 'infra', claims: ['b/**'], tasks: [{ id: 'b', run: 'mkdir b; echo 1 > b/main.tf' }] },
          {
            id: 'asked',
            claims: ['c/**'],
            tasks: [{ id: 'c', retries: 0, run: 'mkdir c; echo nope > c/x' }],
          },
        ],
        {
          guardrails: {
            forbidPaths: ['**/*.tf'],
            commands: [{ run: '! grep -q nope', then: 'fail' }],
          },
        },
      )
      expect(states(result)).toEqual(['leak QUARANTINED', 'infra QUARANTINED', 'asked FAILED'])
      expect(landing.requests).toEqual([])
    }))

  test('outputs that were promised and are not there fail the task', () =>
    story(async ({ finish }) => {
      const result = await finish([
        { id: 'a', tasks: [{ id: 't', run: 'true', retries: 0, outputs: ['dist/app.js'] }] },
      ])
      expect(result.workstreams[0]?.tasks[0]).toMatchObject({ status: 'FAILED' })
      expect(result.workstreams[0]?.tasks[0]?.error).toContain('dist/app.js')
    }))

  test('inputs that match nothing fail the task before it runs', () =>
    story(async ({ repository, finish }) => {
      const trace = join(repository.folder, 'ran')
      const result = await finish([
        { id: 'a', claims: ['x'], tasks: [{ id: 't', run: `touch ${trace}`, inputs: ['nowhere/*.py'] }] },
      ])
      expect(result.workstreams[0]?.tasks[0]?.error).toContain('nowhere/*.py')
      expect(existsSync(trace)).toBe(false)
    }))
})

describe('a failure', () => {
  test('the next attempt begins at the last good state', () =>
    story(async ({ repository, landing, finish }) => {
      const count = join(repository.folder, 'count')
      const run = `echo . >> ${count}; mkdir -p src; seen=$(ls src | wc -l); echo $seen > src/$(wc -l < ${count} | tr -d ' '); test $(wc -l < ${count}) -ge 2`
      const result = await finish([
        { id: 'a', claims: ['src/**'], tasks: [{ id: 't', run, backoff: { base: '1ms' } }] },
      ])
      expect(result.workstreams[0]?.tasks[0]).toMatchObject({ status: 'SUCCEEDED', attempts: 2 })
      const commit = landing.requests[0]?.commit ?? ''
      expect(repository.git('ls-tree', '-r', '--name-only', commit, 'src').trim()).toBe('src/2')
      expect(repository.git('show', `${commit}:src/2`).trim()).toBe('0')
    }))

  test('what it said is in its log', () =>
    story(async ({ repository, finish }) => {
      const { runId } = await finish([
        { id: 'a', claims: ['x'], tasks: [{ id: 't', retries: 0, run: 'echo out; echo err >&2; exit 3' }] },
      ])
      const log = readFileSync(join(repository.path, '.ws', 'runs', runId, 'logs', 't.log'), 'utf8')
      expect(log.split('\n').toSorted()).toEqual(['', '! err', 'out'])
    }))

  test('a command that takes too long is ended with all that it started', () =>
    story(async ({ finish }) => {
      const result = await finish([
        {
          id: 'a',
          claims: ['x'],
          tasks: [{ id: 't', retries: 0, timeoutMs: 300, run: 'sleep 600 & sleep 600' }],
        },
      ])
      expect(result.workstreams[0]?.tasks[0]).toMatchObject({ status: 'FAILED' })
    }))
})

describe('a person', () => {
  test('works in the worktree and says when it is done', () =>
    story(async ({ repository, ws, landing }) => {
      const run = await ws.run({
        workstreams: [
          { id: 'hand', claims: ['notes/**'], tasks: [{ id: 'think', tool: 'person', prompt: 'Think' }] },
        ],
      })
      const path = await new Promise<string>((resolve) => {
        const look = () => {
          const listed = repository
            .git('worktree', 'list', '--porcelain')
            .match(/^worktree (.*\.ws\/.*)$/m)?.[1]
          if (listed !== undefined) resolve(listed)
          else setImmediate(look)
        }
        look()
      })
      await untilQuiet(() => existsSync(join(path, '.git')))
      mkdirSync(join(path, 'notes'), { recursive: true })
      writeFileSync(join(path, 'notes', 'idea'), 'good\n')
      expect(await run.result).toMatchObject({ status: 'PAUSED', reason: 'needs-person' })
      const completed = new Promise((resolve) => ws.events.on('run.completed', resolve))
      await run.done('think')
      await completed
      expect(run.status.status).toBe('COMPLETED')
      expect(repository.git('show', `${landing.requests[0]?.commit}:notes/idea`).trim()).toBe('good')
    }))
})

/** Lets the event loop turn until something is so. */
async function untilQuiet(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the leader of a repository', () => {
  test('is one: a second one is told who', () =>
    story(async ({ repository }) => {
      await expect(
        createOrchestrator({ repo: repository.path, landing: landedAtOnce() }),
      ).rejects.toMatchObject({
        code: 'WS_LEADER_ELSEWHERE',
        message: expect.stringContaining(String(process.pid)),
      })
    }))

  test('refuses options out of range, by name', async () => {
    await expect(createOrchestrator({ repo: '.', concurrency: 0 })).rejects.toMatchObject({
      code: 'WS_ORCHESTRATOR_OPTIONS',
      message: expect.stringContaining('concurrency'),
    })
  })

  test('what it had going goes on under the next one, and what had succeeded is not done again', () =>
    withTempRepository(async (repository) => {
      const trace = join(repository.folder, 'trace')
      const gate = join(repository.folder, 'gate')
      const landing = landedAtOnce()
      const first = await createOrchestrator({ repo: repository.path, landing })
      const run = await first.run({
        workstreams: [
          {
            id: 'a',
            claims: ['src/**'],
            tasks: [
              { id: 'one', run: `echo one >> ${trace}; mkdir src; touch src/one` },
              {
                id: 'two',
                needs: ['one'],
                run: `echo two >> ${trace}; test -e ${gate} || sleep 600; touch src/two`,
              },
            ],
          },
        ],
      })
      await untilQuiet(() => existsSync(trace) && readFileSync(trace, 'utf8').includes('two'))
      await first.close()
      writeFileSync(gate, '')
      const second = await createOrchestrator({ repo: repository.path, landing })
      try {
        expect((await second.handle(run.id).result).status).toBe('COMPLETED')
        expect(readFileSync(trace, 'utf8')).toBe('one\ntwo\ntwo\n')
        const commit = landing.requests.at(-1)?.commit ?? ''
        expect(repository.git('ls-tree', '-r', '--name-only', commit, 'src').trim()).toBe('src/one\nsrc/two')
      } finally {
        await second.close()
      }
    }))
})
