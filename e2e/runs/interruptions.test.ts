import { exitCodes } from '@ws/cli'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { processesIn } from './processes-in.ts'
import { type ScriptedTools, withScripted } from './scripted.ts'
import { resultOf, startWs, ws } from './ws.ts'

/** One task that ends at once, and one that waits until the test lets it go on. */
const plan = JSON.stringify({
  workstreams: [
    { id: 'quick', claims: ['quick/**'], tasks: [{ id: 'q', run: 'mkdir quick && echo 1 > quick/one' }] },
    { id: 'slow', claims: ['slow/**'], tasks: [{ id: 's', tool: 'aider', prompt: 'Take your time.' }] },
  ],
})

interface Story {
  readonly repository: TempRepository
  readonly tools: ScriptedTools
}

function story(tell: (story: Story) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    const tools = await withScripted(repository, {
      tools: ['aider'],
      script: [[{ wait: 'go' }, { write: 'slow/one', content: '1\n' }, { say: 'Done.' }]],
    })
    try {
      repository.commit('the plan', { 'plan.json': plan })
      await tell({ repository, tools })
      // Whatever happened on the way: afterwards it is as if nothing had.
      expect(repository.git('ls-tree', '-r', '--name-only', 'main', 'quick', 'slow')).toBe(
        'quick/one\nslow/one',
      )
      expect(repository.git('status', '--porcelain')).toBe('')
      expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
      expect(processesIn(repository.folder)).toEqual([])
    } finally {
      await tools.close()
    }
  })
}

async function untilBothStand(going: ReturnType<typeof startWs>): Promise<void> {
  await going.says('"quick" completed')
  await going.says('Task "s" started')
}

test('Ctrl-C once ends gracefully, says how to go on, and the run goes on', () =>
  story(async ({ repository, tools }) => {
    const going = startWs(repository, ['run', 'plan.json'])
    await untilBothStand(going)
    going.signal('SIGINT')
    const { code, out } = await going.ended
    expect(code).toBe(exitCodes.interrupted)
    expect(out).toContain('1 attempt is interrupted, and what was done is kept')
    expect(out).toMatch(/ws resume \S+ goes on from here/)
    expect(processesIn(repository.folder)).toEqual([])

    await tools.release('go')
    const resumed = await ws(repository, 'resume', '--json')
    expect(resumed.code, resumed.err).toBe(0)
    const { workstreams } = resultOf(resumed)
    expect(workstreams.map(({ id, status, tasks }) => [id, status, tasks[0]?.attempts])).toEqual([
      ['quick', 'COMPLETED', 1],
      ['slow', 'COMPLETED', 2],
    ])
  }))

test('Ctrl-C twice ends at once, and the run goes on', () =>
  story(async ({ repository, tools }) => {
    const going = startWs(repository, ['run', 'plan.json'])
    await untilBothStand(going)
    going.signal('SIGINT')
    going.signal('SIGINT')
    expect((await going.ended).code).toBe(exitCodes.interrupted)

    await tools.release('go')
    expect(await ws(repository, 'resume')).toMatchObject({ code: 0 })
  }))

test('killed in the middle, the run goes on, and what it left running is gone', () =>
  story(async ({ repository, tools }) => {
    const going = startWs(repository, ['run', 'plan.json'])
    await untilBothStand(going)
    going.signal('SIGKILL')
    expect((await going.ended).code).toBe(null)

    await tools.release('go')
    expect(await ws(repository, 'resume')).toMatchObject({ code: 0 })
  }))

test('while one process works, another may look', () =>
  story(async ({ repository, tools }) => {
    const going = startWs(repository, ['run', 'plan.json'])
    await untilBothStand(going)
    const status = await ws(repository, 'status', '--json')
    expect(resultOf(status).workstreams.map(({ id, status: state }) => `${id} ${state}`)).toEqual([
      'quick COMPLETED',
      'slow RUNNING',
    ])
    await tools.release('go')
    expect((await going.ended).code).toBe(0)
  }))
