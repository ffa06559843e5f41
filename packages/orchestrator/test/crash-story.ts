import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkInvariants, type Journal, Plan, type PlanInput, replay, resolveRun, runMachine } from '@ws/core'
import { openRepository } from '@ws/git'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'
import { createOrchestrator } from '../src/index.ts'
import type { KillPoint } from './crash-points.ts'

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

/** What the story made, where nobody killed it. */
export interface Told {
  readonly git: number
  readonly change: number
  readonly append: number
}

/**
 * Runs the plan, is killed at a point, and goes on; with further points that one is killed as well, and so forth. Returns
 * whether the first kill came at all; by then everything that a crash must not do has been looked for.
 */
export function crashAt(...points: readonly [KillPoint, ...KillPoint[]]): Promise<boolean> {
  return withTempRepository(async (repository) => {
    const said = JSON.stringify(points)
    const kills: boolean[] = []
    for (const [index, point] of points.entries()) {
      const { signal, output } = await runToKill(repository, point, index)
      const wasKilled = signal === 'SIGKILL'
      if (!wasKilled) assert.equal(signal, null, `${said} ${output}`)
      if (!wasKilled) assert.match(output, /^COMPLETED \d+\n$/, said)
      kills.push(wasKilled)
    }
    await goOn(repository, said)
    return kills[0] === true
  })
}

/** The same without a kill. */
export async function crashNowhere(): Promise<Told> {
  return withTempRepository(async (repository) => {
    const { output } = await runToKill(repository, { what: 'git', at: 1_000_000, when: 'before' }, 0)
    const appends = /^COMPLETED (\d+)\n$/.exec(output)?.[1]
    assert.notEqual(appends, undefined, output)
    await goOn(repository, 'nowhere')
    const calls = readFileSync(join(repository.folder, 'count-0'), 'utf8').trim().split('\n')
    const change = calls.filter((kind) => kind === 'change').length
    return { git: calls.length, change, append: Number(appends) }
  })
}

async function runToKill(
  repository: TempRepository,
  { what, at, when }: KillPoint,
  index: number,
): Promise<{ readonly signal: string | null; readonly output: string }> {
  const file = join(repository.folder, 'plan.json')
  const count = join(repository.folder, `count-${index}`)
  writeFileSync(file, JSON.stringify(plan))
  writeFileSync(count, '')
  const program = join(import.meta.dirname, 'programs', 'run-plan.ts')
  const node = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...node, program, repository.path, file, runId], {
    env: {
      ...environment(repository),
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      WS_KILL_WHAT: what,
      WS_KILL_AT: String(at),
      WS_KILL_WHEN: when,
      WS_KILL_COUNT: count,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [, signal] = await once(child, 'close')
  return { signal, output }
}

const runId = 'r1'

const environment = ({ folder }: TempRepository) => ({ PATH: process.env['PATH'], HOME: folder })

/**
 * Goes on to the end and looks around. In this process: it knows no more of the one that was killed than another would, and
 * to load everything anew takes longer than to go on.
 */
async function goOn(temp: TempRepository, said: string): Promise<void> {
  const env = environment(temp)
  const repository = await openRepository(temp.path, { env })
  const journal = await openSqliteJournal({ path: join(repository.facts.wsDir, 'journal.db') })
  try {
    const ws = await createOrchestrator({ repo: repository, journal, env })
    const run = ws.runs.includes(runId)
      ? ws.handle(runId)
      : await ws.start(resolveRun(Plan.parse(plan), { runId, user: 'test' }))
    const result = await run.result
    await ws.close()
    // Why it waits says more than that it does.
    assert.equal(result.status, 'COMPLETED', `${said} ${JSON.stringify(result)}`)
    await lookAtLog(journal, said)
  } finally {
    await journal.close()
    await repository.close()
  }
  lookAround(temp, said)
}

/** Nothing lost, nothing doubled, nothing faked, nothing left. */
function lookAround(repository: TempRepository, said: string): void {
  const files = repository.git('ls-tree', '-r', '--name-only', 'main', 'api', 'docs', 'ui').trim().split('\n')
  assert.deepEqual(files, landedFiles, said)
  assert.equal(repository.git('rev-parse', 'main'), repository.git('rev-parse', 'refs/ws/landed/main'), said)
  assert.equal(repository.git('status', '--porcelain').trim(), '', said)
  const subjects = repository.git('log', '--first-parent', '--format=%s', 'main').trim().split('\n')
  assert.equal(new Set(subjects).size, subjects.length, said)
  const worktrees = repository.git('worktree', 'list', '--porcelain').match(/^worktree .*$/gm) ?? []
  assert.equal(worktrees.length, 1, said)
  assert.equal(existsSync(join(repository.path, '.git', 'index.lock')), false, said)
  assert.deepEqual(filesIn(join(repository.path, '.git', 'ws', 'ports')), [], said)
  assert.deepEqual(filesIn(join(`${repository.path}.ws`, '.trash')), [], said)
  assert.deepEqual(processesIn(repository.folder), [], said)
  repository.git('fsck', '--no-dangling', '--connectivity-only')
}

/** Each success is recorded once, each attempt ends once, nobody holds anything any more. */
async function lookAtLog(journal: Journal, said: string): Promise<void> {
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
