import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { openSqliteJournal } from '@ws/store'

/** Where a run is killed. */
export interface KillPoint {
  readonly what: 'git' | 'append' | 'nothing'
  readonly at: number
  readonly when: 'before' | 'after'
}

/** Four tasks in three workstreams: one builds on another's first task, all land through a check. */
const plan: PlanInput = {
  checks: { calm: { run: '! test -e broken' } },
  merge: { checks: ['calm'] },
  workstreams: [
    {
      id: 'api',
      claims: ['api/**'],
      tasks: [
        { id: 'a1', run: 'mkdir -p api && echo 1 > api/one' },
        { id: 'a2', needs: ['a1'], run: 'echo 2 > api/two' },
      ],
    },
    {
      id: 'ui',
      claims: ['ui/**'],
      tasks: [{ id: 'u', needs: ['a1'], run: 'mkdir -p ui && cp api/one ui/one' }],
    },
    { id: 'docs', claims: ['docs/**'], tasks: [{ id: 'd', run: 'mkdir -p docs && echo d > docs/d' }] },
  ],
}

const landedFiles = ['api/one', 'api/two', 'docs/d', 'ui/one']

/**
 * Runs the plan, is killed at a point, and goes on. Returns whether the kill came at all; by then everything that a
 * crash must not do has been looked for.
 */
export async function crashAt(
  point: KillPoint,
): Promise<{ readonly wasKilled: boolean; readonly calls: number }> {
  return withTempRepository(async (repository) => {
    const count = join(repository.folder, 'count')
    writeFileSync(count, '')
    const file = join(repository.folder, 'plan.json')
    writeFileSync(file, JSON.stringify(plan))
    const first = await start(repository, file, {
      WS_KILL_WHAT: point.what,
      WS_KILL_AT: String(point.at),
      WS_KILL_WHEN: point.when,
      WS_KILL_COUNT: count,
    })
    const wasKilled = first.signal === 'SIGKILL'
    if (!wasKilled) assert.deepEqual(first, { signal: null, output: 'COMPLETED\n' })
    else {
      const again = await start(repository, file, { WS_KILL_WHAT: 'nothing' })
      assert.deepEqual(again, { signal: null, output: 'COMPLETED\n' }, JSON.stringify(point))
    }
    await lookAround(repository, point)
    return { wasKilled, calls: readFileSync(count, 'utf8').length / 2 }
  })
}

async function start(
  repository: TempRepository,
  file: string,
  kill: Readonly<Record<string, string>>,
): Promise<{ readonly signal: string | null; readonly output: string }> {
  const program = join(import.meta.dirname, 'programs', 'run-plan.ts')
  const args = [
    '--conditions=@ws/source',
    '--disable-warning=ExperimentalWarning',
    program,
    repository.path,
    file,
    'r1',
  ]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: repository.folder, ...kill },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [, signal] = await once(child, 'close')
  return { signal, output }
}

/** Nothing lost, nothing doubled, nothing faked, nothing left. */
async function lookAround(repository: TempRepository, point: KillPoint): Promise<void> {
  const said = JSON.stringify(point)
  const files = repository.git('ls-tree', '-r', '--name-only', 'main', 'api', 'docs', 'ui').trim().split('\n')
  assert.deepEqual(files, landedFiles, said)
  assert.equal(repository.git('rev-parse', 'main'), repository.git('rev-parse', 'refs/ws/landed/main'), said)
  assert.equal(repository.git('status', '--porcelain').trim(), '', said)
  const subjects = repository.git('log', '--first-parent', '--format=%s', 'main').trim().split('\n')
  assert.equal(new Set(subjects).size, subjects.length, said)
  assert.deepEqual(await succeededTwice(repository), [], said)
  const worktrees = repository.git('worktree', 'list', '--porcelain').match(/^worktree .*$/gm) ?? []
  assert.equal(worktrees.length, 1, said)
  assert.equal(existsSync(join(repository.path, '.git', 'index.lock')), false, said)
  repository.git('fsck', '--no-dangling', '--connectivity-only')
}

/** Tasks whose success was recorded more than once. */
async function succeededTwice(repository: TempRepository): Promise<string[]> {
  const journal = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
  const seen = new Map<string, number>()
  for await (const { events } of journal.read({ stream: 'run' }))
    for (const event of events)
      if (event.type === 'task.succeeded' && 'taskId' in event)
        seen.set(String(event.taskId), (seen.get(String(event.taskId)) ?? 0) + 1)
  await journal.close()
  assert.deepEqual([...seen.keys()].toSorted(), ['a1', 'a2', 'd', 'u'])
  return [...seen].filter(([, times]) => times > 1).map(([taskId]) => taskId)
}
