import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkInvariants, type PlanInput, replay, runMachine } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'

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
 * Runs the plan, is killed at a point, and goes on; with further points that one is killed as well, and so forth. Returns
 * whether the first kill came at all; by then everything that a crash must not do has been looked for.
 */
export async function crashAt(
  ...points: readonly [KillPoint, ...KillPoint[]]
): Promise<{ readonly wasKilled: boolean; readonly calls: number }> {
  return withTempRepository(async (repository) => {
    const said = JSON.stringify(points)
    const file = join(repository.folder, 'plan.json')
    writeFileSync(file, JSON.stringify(plan))
    const kills: boolean[] = []
    let calls = 0
    for (const [index, point] of points.entries()) {
      const count = join(repository.folder, `count-${index}`)
      writeFileSync(count, '')
      const { signal, output } = await start(repository, file, {
        WS_KILL_WHAT: point.what,
        WS_KILL_AT: String(point.at),
        WS_KILL_WHEN: point.when,
        WS_KILL_COUNT: count,
      })
      const wasKilled = signal === 'SIGKILL'
      if (!wasKilled) assert.deepEqual({ signal, output }, { signal: null, output: 'COMPLETED\n' }, said)
      kills.push(wasKilled)
      if (index === 0) calls = readFileSync(count, 'utf8').length / 2
    }
    if (kills.at(-1) === true) {
      const again = await start(repository, file, { WS_KILL_WHAT: 'nothing' })
      assert.deepEqual(again, { signal: null, output: 'COMPLETED\n' }, said)
    }
    await lookAround(repository, said)
    return { wasKilled: kills[0] === true, calls }
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
    env: {
      PATH: process.env['PATH'],
      HOME: repository.folder,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...kill,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [, signal] = await once(child, 'close')
  return { signal, output }
}

/** Nothing lost, nothing doubled, nothing faked, nothing left. */
async function lookAround(repository: TempRepository, said: string): Promise<void> {
  const files = repository.git('ls-tree', '-r', '--name-only', 'main', 'api', 'docs', 'ui').trim().split('\n')
  assert.deepEqual(files, landedFiles, said)
  assert.equal(repository.git('rev-parse', 'main'), repository.git('rev-parse', 'refs/ws/landed/main'), said)
  assert.equal(repository.git('status', '--porcelain').trim(), '', said)
  const subjects = repository.git('log', '--first-parent', '--format=%s', 'main').trim().split('\n')
  assert.equal(new Set(subjects).size, subjects.length, said)
  await lookAtLog(repository, said)
  const worktrees = repository.git('worktree', 'list', '--porcelain').match(/^worktree .*$/gm) ?? []
  assert.equal(worktrees.length, 1, said)
  assert.equal(existsSync(join(repository.path, '.git', 'index.lock')), false, said)
  assert.deepEqual(filesIn(join(repository.path, '.git', 'ws', 'ports')), [], said)
  assert.deepEqual(filesIn(join(`${repository.path}.ws`, '.trash')), [], said)
  assert.deepEqual(processesIn(repository.folder), [], said)
  repository.git('fsck', '--no-dangling', '--connectivity-only')
}

/** Each success is recorded once, each attempt ends once, nobody holds anything any more. */
async function lookAtLog(repository: TempRepository, said: string): Promise<void> {
  const journal = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
  try {
    const succeeded: string[] = []
    const begun: string[] = []
    const ended: string[] = []
    let lastAt = 0
    for await (const { at, event } of readEvents(journal)) {
      lastAt = Math.max(lastAt, at)
      if (!('taskId' in event && 'attempt' in event)) continue
      const attempt = `${String(event.taskId)}/${String(event.attempt)}`
      if (event.type === 'task.started') begun.push(attempt)
      if (endings.has(event.type)) ended.push(attempt)
      if (event.type === 'task.succeeded') succeeded.push(String(event.taskId))
    }
    assert.deepEqual(succeeded.toSorted(), ['a1', 'a2', 'd', 'u'], said)
    assert.deepEqual(ended.toSorted(), begun.toSorted(), said)
    const machine = runMachine()
    const { state } = await replay(machine, journal)
    checkInvariants(state, lastAt)
    assert.deepEqual([...machine.wanted(state).keys()], [], said)
    for (const run of state.runs.values())
      for (const { key } of run.workstreams.values()) assert.equal(state.claims.holds(key), false, said)
  } finally {
    await journal.close()
  }
}

/** Events that end an attempt: what it used counts once with each. */
const endings: ReadonlySet<string> = new Set([
  'task.succeeded',
  'task.retried',
  'task.failed',
  'task.quarantined',
  'task.cancelled',
])

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

/** Processes of this machine that name a folder in their arguments. */
function processesIn(folder: string): readonly string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ')
        return line.includes(folder) ? [line] : []
      } catch {
        return []
      }
    })
}
