import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, isWsError, type Journal, type PlanInput, systemClock } from '@ws/core'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { createOrchestrator } from '../src/index.ts'

/** Two workstreams, the second on top of the first; each task leaves a line where no commit takes it back. */
function planIn(trace: string): PlanInput {
  const run = (id: string, command: string) => ({ id, run: `${command} && echo ${id} >> ${trace}` })
  return {
    workstreams: [
      { id: 'api', claims: ['api/**'], tasks: [run('a', 'mkdir -p api && echo 1 > api/one')] },
      {
        id: 'ui',
        claims: ['ui/**'],
        tasks: [{ ...run('u', 'mkdir -p ui && cp api/one ui/one'), needs: ['a'] }],
      },
    ],
  }
}

const landed = (repository: TempRepository) =>
  repository.git('ls-tree', '-r', '--name-only', 'main', 'api', 'ui').split('\n')

/** Successes in the log, and which tasks were done how often. */
async function successes(repository: TempRepository): Promise<readonly string[]> {
  const journal = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
  const seen: string[] = []
  for await (const { event } of readEvents(journal))
    if (event.type === 'task.succeeded' && 'taskId' in event) seen.push(String(event.taskId))
  await journal.close()
  return seen.toSorted()
}

/** What goes on after a fault ends as if there had been none, and nothing that was recorded is done again. */
async function goesOn(repository: TempRepository, runId: string): Promise<void> {
  const recorded = await successes(repository)
  const trace = join(repository.folder, 'trace')
  const before = existsSync(trace) ? readFileSync(trace, 'utf8') : ''
  const ws = await createOrchestrator({ repo: repository.path })
  const run = ws.runs.includes(runId) ? ws.handle(runId) : await ws.run(planIn(trace))
  const { status } = await run.result
  await ws.close()
  expect(status).toBe('COMPLETED')
  expect(landed(repository)).toEqual(['api/one', 'ui/one'])
  expect(await successes(repository)).toEqual(['a', 'u'])
  const again = readFileSync(trace, 'utf8').slice(before.length).trim().split('\n')
  for (const id of recorded) expect(again).not.toContain(id)
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
  expect(repository.git('status', '--porcelain')).toBe('')
}

const codeOf = (error: unknown) => (isWsError(error) ? error.code : String(error))

/** A journal on a disk that is full from its n-th append on. */
function fullFrom(journal: Journal, at: number, isStored: boolean): Journal {
  let appends = 0
  return {
    append: async (step) => {
      appends += 1
      if (appends < at) return journal.append(step)
      if (appends === at && isStored) await journal.append(step)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    },
    read: (options) => journal.read(options),
    head: (stream) => journal.head(stream),
    lead: (epoch) => journal.lead(epoch),
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    loadSnapshot: (stream) => journal.loadSnapshot(stream),
    close: () => journal.close(),
  }
}

interface Mounted {
  readonly repository: TempRepository
  /** Shell lines that come first; whatever they mount, nobody else sees. */
  readonly before: string
  readonly env?: Readonly<Record<string, string>>
  /** Where the repository lies behind those lines. @default where it is */
  readonly path?: string
  /** Shell lines that come once it has ended. @default none */
  readonly after?: string
}

/** Runs the plan in a shell, with mounts of its own: no root is needed where users may have namespaces. */
async function runMounted({ repository, before, env = {}, path, after = '' }: Mounted): Promise<{
  readonly code: unknown
  readonly said: string
}> {
  const file = join(repository.folder, 'plan.json')
  writeFileSync(file, JSON.stringify(planIn(join(repository.folder, 'trace'))))
  const program = join(import.meta.dirname, 'programs', 'run-plan.ts')
  const node = [process.execPath, '--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
  const line = `set -e; ${before}; set +e; "$@"; code=$?; ${after === '' ? ':' : after}; exit $code`
  const args = ['-rm', 'sh', '-c', line, 'sh', ...node, program, path ?? repository.path, file, 'r1']
  const child = spawn('unshare', args, {
    env: {
      PATH: process.env['PATH'],
      HOME: repository.folder,
      WS_KILL_WHAT: 'nothing',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = await once(child, 'close')
  return { code, said }
}

const mayMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs none /mnt && mount -o remount,ro,bind /mnt'])
    .status === 0

describe('a disk that is full', () => {
  test.each([
    [3, false],
    [5, true],
    [8, false],
    [12, true],
  ])('from the %d. append on (stored all the same: %s) ends the leader, and loses nothing', (at, isStored) =>
    withTempRepository(async (repository) => {
      const plain = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
      const ws = await createOrchestrator({ repo: repository.path, journal: fullFrom(plain, at, isStored) })
      const run = await ws.run(planIn(join(repository.folder, 'trace'))).catch(() => undefined)
      const how = await (run === undefined ? 'refused' : run.result.then(() => 'completed', codeOf))
      expect(['refused', 'WS_HOST_ENDED']).toContain(how)
      await ws.close().catch(() => {})
      await plain.close()
      await goesOn(repository, run?.id ?? '')
    }),
  )

  test.skipIf(process.platform === 'win32')('for real: a process that may write no larger files', () =>
    withTempRepository(async (repository) => {
      const file = join(repository.folder, 'plan.json')
      writeFileSync(file, JSON.stringify(planIn(join(repository.folder, 'trace'))))
      const program = join(import.meta.dirname, 'programs', 'run-plan.ts')
      const node = [process.execPath, '--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
      // Blocks of 512 bytes: the log's first pages fit, and the run's do not.
      const line = `ulimit -f 100; exec "$@"`
      const child = spawn('sh', ['-c', line, 'sh', ...node, program, repository.path, file, 'r1'], {
        env: {
          PATH: process.env['PATH'],
          HOME: repository.folder,
          WS_KILL_WHAT: 'nothing',
          // A cache of compiled programs is larger than that.
          NODE_DISABLE_COMPILE_CACHE: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text))
      const [code] = await once(child, 'close')
      expect(code, said).not.toBe(0)
      await goesOn(repository, 'r1')
    }),
  )

  test.skipIf(!mayMount)('for real: a file system without space, and then with space again', () =>
    withTempRepository(async (repository) => {
      const disk = join(repository.folder, 'disk')
      const path = join(disk, 'repository')
      const { code, said } = await runMounted({
        repository,
        path,
        env: { WS_DISK_IS_SMALL: 'yes' },
        before: [
          `mkdir ${disk} && mount -t tmpfs -o size=24m none ${disk} && cp -r ${repository.path} ${path}`,
          // Room for the first pages of the log, and no more.
          `head -c $(( ($(df -k --output=avail ${disk} | tail -1) - 100) * 1024 )) /dev/zero > ${disk}/fill`,
          // What is run is run twice, and this is the first time.
          `if "$@"; then echo "not full"; fi; rm ${disk}/fill`,
        ].join('; '),
        after: `git -C ${path} ls-tree -r --name-only main; git -C ${path} worktree list | wc -l; git -C ${path} status --porcelain`,
      })
      expect(code, said).toBe(0)
      expect(said).toMatch(/WS_HOST_ENDED|WS_STORE_FULL|ENOSPC|disk is full|No space left/)
      expect(said).not.toContain('not full')
      expect(said).toMatch(/COMPLETED \d+\nREADME\.md\napi\/one\nui\/one\n1\n$/)
    }),
  )
})

describe.skipIf(!mayMount)('a file system that is read-only', () => {
  const before = ({ folder }: TempRepository) =>
    `mount --bind ${folder} ${folder}; mount -o remount,ro,bind ${folder}`

  test('starts nothing, and says why', () =>
    withTempRepository(async (repository) => {
      const { code, said } = await runMounted({ repository, before: before(repository) })
      expect(code, said).not.toBe(0)
      expect(said).toContain('WS_GIT_NOT_WRITABLE')
      expect(existsSync(join(repository.folder, 'trace'))).toBe(false)
      await goesOn(repository, '')
    }))

  test('that was writable before takes nothing of a run that has begun, and that goes on later', () =>
    withTempRepository(async (repository) => {
      const kill = { WS_KILL_WHAT: 'append', WS_KILL_AT: '9', WS_KILL_WHEN: 'after' }
      const killed = await runMounted({ repository, before: ':', env: kill })
      expect(killed.code, killed.said).toBe(137)
      const trace = join(repository.folder, 'trace')
      const done = existsSync(trace) ? readFileSync(trace, 'utf8') : ''
      const { code, said } = await runMounted({ repository, before: before(repository) })
      expect(code, said).not.toBe(0)
      expect(said).toMatch(/WS_STORE_IO|WS_GIT_NOT_WRITABLE/)
      expect(existsSync(trace) ? readFileSync(trace, 'utf8') : '').toBe(done)
      await goesOn(repository, 'r1')
    }))
})

test('a log that cannot be written at all starts nothing', () =>
  withTempRepository(async (repository) => {
    const plain = await openSqliteJournal({ path: join(repository.path, '.git', 'ws', 'journal.db') })
    const trace = join(repository.folder, 'trace')
    const opening = createOrchestrator({ repo: repository.path, journal: fullFrom(plain, 1, false) })
    await expect(opening).rejects.toMatchObject({ code: 'WS_HOST_ENDED' })
    await plain.close()
    expect(existsSync(trace)).toBe(false)
    expect(repository.git('for-each-ref', 'refs/heads').split('\n')).toHaveLength(1)
    await goesOn(repository, '')
  }))

test('a clock that jumps a day ahead and two days back neither ends nor repeats anything', () =>
  withTempRepository(async (repository) => {
    const { clock, jump } = jumpingClock()
    const ws = await createOrchestrator({ repo: repository.path, clock })
    const day = 86_400_000
    ws.events.on('task.started', () => jump(day))
    ws.events.on('task.succeeded', () => jump(-2 * day))
    const run = await ws.run(planIn(join(repository.folder, 'trace')))
    const { status, workstreams } = await run.result
    await ws.close()
    expect(status).toBe('COMPLETED')
    expect(workstreams.flatMap(({ tasks }) => tasks.map(({ attempts }) => attempts))).toEqual([1, 1])
    await goesOn(repository, run.id)
  }))

test('a clock that is set back while something waits does not let it wait for that long', () =>
  withTempRepository(async (repository) => {
    const { clock, jump } = jumpingClock()
    const ws = await createOrchestrator({ repo: repository.path, clock })
    ws.events.on('task.retried', () => jump(-86_400_000))
    const once = join(repository.folder, 'once')
    const run = `test -e ${once} || { touch ${once}; exit 1; }; echo 1 > one`
    const { result } = await ws.run({
      workstreams: [{ id: 'a', claims: ['one'], tasks: [{ id: 't', run, backoff: { base: '1ms' } }] }],
    })
    const { status, workstreams } = await result
    await ws.close()
    expect(status).toBe('COMPLETED')
    expect(workstreams[0]?.tasks[0]?.attempts).toBe(2)
  }))

/** The system's clock, but that somebody sets it; what waits does not notice until it has waited. */
function jumpingClock(): { readonly clock: Clock; readonly jump: (ms: number) => void } {
  const real = systemClock()
  let offset = 0
  const clock: Clock = {
    now: () => real.now() + offset,
    monotonic: () => real.monotonic(),
    wakeAt: (at, callback) => real.wakeAt(at - offset, callback),
  }
  return { clock, jump: (ms) => void (offset += ms) }
}
