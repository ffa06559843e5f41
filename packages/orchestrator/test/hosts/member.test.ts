import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../../src/index.ts'
import { landedAtOnce } from '../landed-at-once.ts'

interface Story {
  readonly repository: TempRepository
  /** Another member, with an environment of its own. */
  join(who: string, options?: Partial<OrchestratorOptions>): Promise<Orchestrator>
}

/** Members of one repository; whoever is still there leaves at the end. */
function story(tell: (story: Story) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    const members: Orchestrator[] = []
    const join: Story['join'] = async (who, options = {}) => {
      const env = { ...process.env, WHO: who }
      const landing = landedAtOnce()
      const ws = await createOrchestrator({ repo: repository.path, listen: true, landing, env, ...options })
      members.push(ws)
      return ws
    }
    try {
      await tell({ repository, join })
    } finally {
      for (const ws of members.toReversed()) await ws.close()
    }
    expect(socketsOf(repository)).toEqual([])
  })
}

/** Sockets in the folder that the last leader named. */
function socketsOf(repository: TempRepository): readonly string[] {
  const { about } = JSON.parse(readFileSync(join(repository.path, '.git', 'ws', 'leader.json'), 'utf8'))
  const socket = String(about.socket)
  return readdirSync(dirname(socket)).filter((name) => socket.endsWith(name))
}

/** Writes down in whose environment it is done. */
const tells = (name: string, claim = `${name}/**`): PlanInput => ({
  workstreams: [
    {
      id: name,
      claims: [claim],
      tasks: [{ id: 't', run: `mkdir -p ${name} && printf %s "$WHO" > ${name}/who` }],
    },
  ],
})

async function whoDid(repository: TempRepository, ws: Orchestrator, name: string): Promise<string> {
  const result = await (await ws.run(tells(name))).result
  expect(result.status).toBe('COMPLETED')
  const commit = result.workstreams[0]?.tasks[0]?.commit ?? ''
  return repository.git('show', `${commit}:${name}/who`)
}

test('of two that begin at once one leads, and the other is its guest', () =>
  story(async ({ join: enter }) => {
    const both = await Promise.allSettled([enter('anna'), enter('bert')])
    const roles = both.map((each) =>
      each.status === 'rejected' ? 'refused' : each.value.isLeader ? 'leader' : 'guest',
    )
    expect(roles.sort()).toEqual(['guest', 'leader'])
  }))

test('each member does its own runs, in its own environment', () =>
  story(async ({ repository, join: enter }) => {
    const [anna, bert] = [await enter('anna'), await enter('bert')]
    expect(await Promise.all([whoDid(repository, anna, 'one'), whoDid(repository, bert, 'two')])).toEqual([
      'anna',
      'bert',
    ])
    const [runId = ''] = bert.runs
    expect([anna.worksOn(runId), bert.worksOn(runId)]).toEqual([true, false])
  }))

test('a guest sees every event of every run once, in order, also when its leader has left', () =>
  story(async ({ repository, join: enter }) => {
    const [anna, bert] = [await enter('anna'), await enter('bert')]
    const seen: number[] = []
    bert.events.on('*', ({ seq }) => seen.push(seq))
    await whoDid(repository, anna, 'one')
    await anna.close()
    expect(await whoDid(repository, bert, 'two')).toBe('bert')
    expect(bert.isLeader).toBe(true)
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(bert.handle(bert.runs[0] ?? '').status.status).toBe('COMPLETED')
  }))

test('the key and the socket are for this user alone, and the path of the socket is short', () =>
  story(async ({ repository, join: enter }) => {
    await enter('anna')
    const file = join(repository.path, '.git', 'ws', 'leader.json')
    const socket = String(JSON.parse(readFileSync(file, 'utf8')).about.socket)
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100)
    const modes = [file, socket, dirname(socket)].map((path) => statSync(path).mode & 0o777)
    expect(modes).toEqual([0o600, 0o600, 0o700])
  }))

test('who does not listen refuses those who would join, and is refused itself', () =>
  story(async ({ join: enter }) => {
    const alone = await enter('anna', { listen: false })
    await expect(enter('bert')).rejects.toMatchObject({
      code: 'WS_LEADER_ELSEWHERE',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    await alone.close()
    await enter('carl')
    await expect(enter('dora', { listen: false })).rejects.toMatchObject({ code: 'WS_LEADER_ELSEWHERE' })
  }))
