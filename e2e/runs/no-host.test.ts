import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '@ws/cli'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { processesIn } from './processes-in.ts'
import { type ScriptedTools, withScripted } from './scripted.ts'
import { type Going, resultOf, startWs, ws } from './ws.ts'

/** For each name one task that ends at once, one that waits until the test lets it go on, and one that comes after it. */
function planOf(name: string, names: readonly string[], trace: string): string {
  const plan: PlanInput & { readonly runId: string } = {
    ...{ version: 1, runId: `run-${name}`, name },
    workstreams: names.map((id) => {
      const run = (what: string) =>
        `echo "${id} ${what} $WHO" >> ${trace}; mkdir -p ${id}; echo 1 > ${id}/${what}`
      return {
        id,
        claims: [`${id}/**`],
        tasks: [
          { id: `${id}-first`, run: run('first') },
          { id: `${id}-second`, needs: [`${id}-first`], tool: 'aider', prompt: `${id}: take your time.` },
          { id: `${id}-third`, needs: [`${id}-second`], run: run('third') },
        ],
      }
    }),
  }
  return JSON.stringify(plan)
}

interface Story {
  readonly repository: TempRepository
  readonly tools: ScriptedTools
  /** What was done, by whom: `bert first anna`. */
  readonly trace: () => readonly string[]
  /** `ws run` of a plan in an environment of somebody's; resolves when their second task is with its tool. */
  begin(name: string, ...args: readonly string[]): Promise<Going>
  /** Resolves when the log says so of a run. */
  stands(runId: string, status: string): Promise<void>
}

function story(tell: (story: Story) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    const trace = join(repository.folder, 'trace')
    const tools = await withScripted(repository, {
      tools: ['aider'],
      script: ['anna', 'bert'].map((name) => ({
        when: `${name}:`,
        steps: [{ wait: `go-${name}` }, { write: `${name}/second`, content: '1\n' }, { say: 'Done.' }],
      })),
    })
    const atWork = async (name: string) =>
      (await tools.turns()).filter(({ prompt }) => prompt.startsWith(`${name}:`)).length
    const going: Going[] = []
    try {
      repository.commit('plans', {
        'anna.json': planOf('anna', ['anna'], trace),
        'bert.json': planOf('bert', ['bert'], trace),
        'both.json': planOf('both', ['anna', 'bert'], trace),
      })
      await tell({
        ...{ repository, tools },
        trace: () => readFileSync(trace, 'utf8').trim().split('\n'),
        begin: async (name, ...args) => {
          const run = startWs(repository, ['run', ...(args.length > 0 ? args : [`${name}.json`])], {
            WHO: name,
          })
          going.push(run)
          await expect.poll(() => atWork(name), { timeout: 60_000, interval: 50 }).toBe(1)
          return run
        },
        stands: async (runId, status) => {
          const look = async () => resultOf(await ws(repository, 'status', runId, '--json')).status
          await expect.poll(look, { timeout: 60_000, interval: 50 }).toBe(status)
        },
      })
      expect(repository.git('status', '--porcelain')).toBe('')
      expect(processesIn(repository.folder)).toEqual([])
    } finally {
      for (const { signal } of going) signal('SIGKILL')
      await tools.close()
    }
  })
}

/** The tasks of a result, each with its attempts. */
const attemptsIn = ({ workstreams }: ReturnType<typeof resultOf>) =>
  workstreams.flatMap(({ tasks }) => tasks.map(({ id, status, attempts }) => `${id} ${status} ${attempts}`))

test('a run whose host is gone waits with `no-host`, says so and what to do, and goes on with another', () =>
  story(async ({ repository, tools, trace, begin, stands }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    process.kill(bert.pid, 'SIGKILL')
    await bert.ended
    await stands('run-bert', 'PAUSED')

    const said = await ws(repository, 'status', 'run-bert')
    expect(said.out).toContain('PAUSED (no host offers what it requires (`ws resume <run>`))')
    expect(said.out).toContain('1 done, 0 failed, 2 left')
    // Who only follows it is no host for it; the leader lives, and does not do what is another environment's.
    const followed = await ws(repository, 'attach', 'run-bert', '--json')
    expect(followed.code, followed.err).toBe(exitCodes.paused)
    expect(resultOf(followed)).toMatchObject({ status: 'PAUSED', reason: 'no-host' })
    expect(attemptsIn(resultOf(followed))).toEqual([
      'bert-first SUCCEEDED 1',
      'bert-second READY 1',
      'bert-third PENDING 0',
    ])
    expect(trace()).toEqual(['anna first anna', 'bert first bert'])

    await tools.release('go-bert')
    const resumed = await startWs(repository, ['resume', 'run-bert', '--json'], { WHO: 'carl' }).ended
    expect(resumed.code, resumed.err).toBe(exitCodes.completed)
    expect(attemptsIn(resultOf(resumed))).toEqual([
      'bert-first SUCCEEDED 1',
      'bert-second SUCCEEDED 2',
      'bert-third SUCCEEDED 1',
    ])
    await tools.release('go-anna')
    expect((await anna.ended).code).toBe(exitCodes.completed)
    // Each once, by the process that worked on the run then.
    expect(trace().toSorted()).toEqual([
      'anna first anna',
      'anna third anna',
      'bert first bert',
      'bert third carl',
    ])
    for (const name of ['anna', 'bert'])
      expect(repository.git('ls-tree', '--name-only', 'main', `${name}/`).split('\n')).toEqual(
        ['first', 'second', 'third'].map((file) => `${name}/${file}`),
      )
  }))

test('who has joined a run with a part of its plan is told when its host is gone, and may go on with it', () =>
  story(async ({ repository, tools, trace, begin }) => {
    const anna = await begin('anna', 'both.json', '--only', 'anna')
    // It is done where the run is, by whoever began that.
    const bert = await begin('bert', 'both.json', '--only', 'bert')
    process.kill(anna.pid, 'SIGKILL')
    await anna.ended
    const left = await bert.ended
    expect(left.code, left.err).toBe(exitCodes.paused)
    expect(left.out).toContain('paused: no host offers what it requires (`ws resume <run>`)')

    for (const name of ['anna', 'bert']) await tools.release(`go-${name}`)
    const resumed = await startWs(repository, ['resume', 'run-both', '--json'], { WHO: 'bert' }).ended
    expect(resumed.code, resumed.err).toBe(exitCodes.completed)
    expect(attemptsIn(resultOf(resumed))).toEqual(
      ['anna', 'bert'].flatMap((name) => [
        `${name}-first SUCCEEDED 1`,
        `${name}-second SUCCEEDED 2`,
        `${name}-third SUCCEEDED 1`,
      ]),
    )
    expect(trace().toSorted()).toEqual([
      'anna first anna',
      'anna third bert',
      'bert first anna',
      'bert third bert',
    ])
  }))
