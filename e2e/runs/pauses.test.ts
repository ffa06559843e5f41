import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '@ws/cli'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { processesIn } from './processes-in.ts'
import { resultOf, startWs, ws } from './ws.ts'

interface Story {
  readonly repository: TempRepository
  /** The tasks that were begun, in order. */
  readonly begun: () => readonly string[]
  /** Lets the second task go on. */
  readonly go: () => void
}

/** A run of three tasks, of which the second waits until the test lets it go on; at the end each is done. */
function story(tell: (story: Story) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    const [trace, go] = [join(repository.folder, 'trace'), join(repository.folder, 'go')]
    const task = (id: string, waits = '') => ({
      id,
      run: `echo ${id} >> ${trace}; ${waits}mkdir -p api; echo 1 > api/${id}`,
    })
    const plan: PlanInput = {
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [
            task('first'),
            { ...task('second', `until test -e ${go}; do sleep 0.05; done; `), needs: ['first'] },
            { ...task('third'), needs: ['second'] },
          ],
        },
      ],
    }
    repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
    await tell({
      repository,
      begun: () => (existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : []),
      go: () => writeFileSync(go, ''),
    })
    expect(repository.git('ls-tree', '--name-only', 'main', 'api/').split('\n')).toEqual(
      ['first', 'second', 'third'].map((id) => `api/${id}`),
    )
    expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
    expect(processesIn(repository.folder)).toEqual([])
  })
}

test('a run that is paused from another terminal ends there, says how it goes on, and repeats nothing that is done', () =>
  story(async ({ repository, begun, go }) => {
    const going = startWs(repository, ['run', 'plan.json', '--json'])
    await expect.poll(begun, { timeout: 60_000, interval: 50 }).toEqual(['first', 'second'])
    const paused = await ws(repository, 'pause')
    expect(paused.code, paused.err).toBe(exitCodes.completed)
    const ended = await going.ended
    expect(ended.code, ended.err).toBe(exitCodes.paused)
    expect(resultOf(ended)).toMatchObject({ status: 'PAUSED', reason: 'user' })
    expect((await ws(repository, 'status')).out).toContain('PAUSED (a person paused it (`ws resume`))')

    go()
    const resumed = await ws(repository, 'resume', '--json')
    expect(resumed.code, resumed.err).toBe(exitCodes.completed)
    expect(resultOf(resumed).workstreams[0]?.tasks.map(({ attempts }) => attempts)).toEqual([1, 2, 1])
    expect(begun()).toEqual(['first', 'second', 'second', 'third'])
  }))

test('with less space than is wanted nothing starts and the run says so; with enough of it the run goes on', () =>
  story(async ({ repository, begun, go }) => {
    const settings = (minFreeMb: number) =>
      repository.commit('settings', { 'ws.json': JSON.stringify({ version: 1, worktrees: { minFreeMb } }) })
    settings(Number.MAX_SAFE_INTEGER / 1_048_576)
    const full = await ws(repository, 'run', 'plan.json', '--json')
    expect(full.code, full.err).toBe(exitCodes.paused)
    expect(resultOf(full)).toMatchObject({ status: 'PAUSED', reason: 'disk' })
    expect((await ws(repository, 'status')).out).toContain('PAUSED (there is too little disk space)')
    expect(begun()).toEqual([])

    settings(0)
    go()
    const roomy = await ws(repository, 'resume', '--json')
    expect(roomy.code, roomy.err).toBe(exitCodes.completed)
    expect(begun()).toEqual(['first', 'second', 'third'])
  }))
