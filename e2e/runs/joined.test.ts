import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '@ws/cli'
import { type FakeAgent, fakeAgent, type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { processesIn } from './processes-in.ts'
import { type Going, resultOf, startWs, ws } from './ws.ts'

const names = ['anna', 'bert', 'carl'] as const
type Name = (typeof names)[number]

/** A task of the tool of that name, which waits until the test lets it go on, and one after it that tells who ran it. */
const planOf = (name: Name, claim: string) =>
  JSON.stringify({
    runId: `run-${name}`,
    name,
    workstreams: [
      { id: 'work', claims: [claim], tasks: [{ id: 'w', tool: name, prompt: 'Take your time.' }] },
      {
        id: 'tell',
        claims: [`${name}/**`],
        tasks: [{ id: 't', run: `mkdir ${name} && printf %s "$WHO" > ${name}/who`, needs: ['w'] }],
      },
    ],
  })

interface Story {
  readonly repository: TempRepository
  readonly agents: Readonly<Record<Name, FakeAgent>>
  /** `ws run` of somebody's plan, in an environment of their own; resolves when the tool is at work. */
  begin(name: Name, ...more: readonly string[]): Promise<Going>
}

async function story(claimOf: (name: Name) => string, tell: (story: Story) => Promise<void>): Promise<void> {
  await withTempRepository(async (repository) => {
    const agentOf = (name: Name) =>
      fakeAgent({
        tool: 'lines',
        script: [[{ wait: 'go' }, { write: `work/${name}`, content: `${name}\n` }, { say: 'Done.' }]],
      })
    const agents = { anna: await agentOf('anna'), bert: await agentOf('bert'), carl: await agentOf('carl') }
    const entries = names.map(
      (name) =>
        `  ${name}: { adapter: generic, command: ${JSON.stringify(agents[name].program)}, args: [--once] }`,
    )
    try {
      repository.commit('settings', { 'ws.yaml': ['version: 1', 'tools:', ...entries, ''].join('\n') })
      for (const name of names)
        repository.commit(`the plan of ${name}`, { [`${name}.json`]: planOf(name, claimOf(name)) })
      const begin: Story['begin'] = async (name, ...more) => {
        const going = startWs(repository, ['run', `${name}.json`, ...more], { WHO: name })
        await atWork(agents[name])
        return going
      }
      await tell({ repository, agents, begin })
      expect(repository.git('status', '--porcelain')).toBe('')
      expect(processesIn(repository.folder)).toEqual([])
      expect(readdirSync(join(repository.path, '.git', 'ws', 'processes'))).toEqual([])
    } finally {
      for (const name of names) await agents[name].close()
    }
  })
}

const apart = (name: Name) => `work/${name}`

/** Resolves when a tool has taken its next prompt. */
async function atWork(agent: FakeAgent, turns = 1): Promise<void> {
  await expect.poll(async () => (await agent.turns()).length, { timeout: 60_000, interval: 50 }).toBe(turns)
}

/** How many processes of a tool are there. */
function toolsAtWork({ program }: FakeAgent): number {
  return processesIn(program).length
}

/** Exit 0, or everything that was said. */
async function completes(going: Going): Promise<void> {
  const { code, out, err } = await going.ended
  expect(code, `${out}\n${err}`).toBe(exitCodes.completed)
}

/** Everything of theirs landed, each in its own environment, and nothing is left over. */
function haveLanded(repository: TempRepository, ...who: readonly Name[]): void {
  for (const name of who) {
    expect(repository.git('show', `main:work/${name}`)).toBe(name)
    expect(repository.git('show', `main:${name}/who`)).toBe(name)
  }
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
  const ledger = readFileSync(join(repository.path, '.ws', 'cost_ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
  const attempts = ledger.map((line) => {
    const { run_id, task_id, attempt, action }: Record<string, unknown> = JSON.parse(line)
    return [run_id, task_id, attempt, action].join(' ')
  })
  expect(attempts).toEqual([...new Set(attempts)])
}

test('two commands on one repository each work in their own environment, and both land', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    await agents.anna.release('go')
    await completes(anna)
    // Who had joined goes on when the leader has ended.
    await agents.bert.release('go')
    await completes(bert)
    expect((await bert.ended).out).not.toContain('run-anna')
    haveLanded(repository, 'anna', 'bert')
  }))

test('claims and limits are shared: the second waits, and says for whom', () =>
  story(
    () => 'work/**',
    async ({ repository, agents, begin }) => {
      const anna = await begin('anna', '--max-concurrent', '1')
      const bert = startWs(repository, ['run', 'bert.json', '--max-concurrent', '5'], { WHO: 'bert' })
      await bert.says('started')
      expect((await ws(repository, 'status', 'run-bert')).out).toContain('run-anna')
      expect(await agents.bert.turns()).toEqual([])
      for (const name of names) await agents[name].release('go')
      await completes(anna)
      await completes(bert)
      haveLanded(repository, 'anna', 'bert')
    },
  ))

test('the leader killed in the middle: the other takes over, and what was left goes on with resume', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert', '--json')
    anna.signal('SIGKILL')
    await anna.ended
    await agents.bert.release('go')
    await completes(bert)
    const { workstreams } = resultOf(await bert.ended)
    // What goes on elsewhere is not begun again.
    expect(workstreams.map(({ tasks }) => tasks[0]?.attempts)).toEqual([1, 1])
    expect(await agents.bert.turns()).toHaveLength(1)

    const parked = await ws(repository, 'status', 'run-anna')
    expect(parked.out).toContain('PAUSED')
    await agents.anna.release('go')
    await completes(startWs(repository, ['resume', 'run-anna'], { WHO: 'anna' }))
    haveLanded(repository, 'anna', 'bert')
  }))

test('a guest killed in the middle: the leader goes on, and nobody else does what it did', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    bert.signal('SIGKILL')
    await bert.ended
    await agents.anna.release('go')
    await completes(anna)
    expect((await ws(repository, 'status', 'run-bert')).out).toContain('PAUSED')
    await agents.bert.release('go')
    await completes(startWs(repository, ['resume', 'run-bert'], { WHO: 'bert' }))
    haveLanded(repository, 'anna', 'bert')
  }))

test('Ctrl-C ends what it was given for, and nothing else', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    bert.signal('SIGINT')
    const left = await bert.ended
    expect(left.code, left.out + left.err).toBe(exitCodes.interrupted)
    expect(left.out).toContain('ws resume run-bert goes on from here')
    await agents.anna.release('go')
    await completes(anna)
    await agents.bert.release('go')
    await completes(startWs(repository, ['resume', 'run-bert'], { WHO: 'bert' }))
    haveLanded(repository, 'anna', 'bert')
  }))

test('Ctrl-C of the leader hands the repository to who has joined', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    anna.signal('SIGINT')
    expect((await anna.ended).code).toBe(exitCodes.interrupted)
    // While the other works, this one joins it.
    await agents.anna.release('go')
    await completes(startWs(repository, ['resume', 'run-anna'], { WHO: 'anna' }))
    await agents.bert.release('go')
    await completes(bert)
    expect(await agents.bert.turns()).toHaveLength(1)
    haveLanded(repository, 'anna', 'bert')
  }))

test('what is said of a run that another process works on is done there', () =>
  story(apart, async ({ repository, begin }) => {
    const anna = await begin('anna')
    const cancelled = await ws(repository, 'cancel', 'run-anna')
    expect(cancelled.code, cancelled.out + cancelled.err).toBe(exitCodes.completed)
    expect((await anna.ended).code).toBe(exitCodes.cancelled)
  }))

test('a socket that was left behind is in nobody’s way', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const leader = join(repository.path, '.git', 'ws', 'leader.json')
    const left = readFileSync(leader, 'utf8')
    anna.signal('SIGKILL')
    await anna.ended
    writeFileSync(leader, left)
    for (const name of names) await agents[name].release('go')
    await completes(startWs(repository, ['resume'], { WHO: 'anna' }))
    await completes(await begin('bert'))
    haveLanded(repository, 'anna', 'bert')
  }))

test('two guests of a leader that was killed: one leads, and is the other’s leader', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    const carl = await begin('carl')
    anna.signal('SIGKILL')
    await anna.ended
    for (const name of names) await agents[name].release('go')
    await completes(bert)
    await completes(carl)
    expect([await agents.bert.turns(), await agents.carl.turns()].map(({ length }) => length)).toEqual([1, 1])
    await completes(startWs(repository, ['resume', 'run-anna'], { WHO: 'anna' }))
    haveLanded(repository, ...names)
  }))

test('a leader that was stopped is not taken over from, and goes on', () =>
  story(apart, async ({ repository, agents, begin }) => {
    const anna = await begin('anna')
    const bert = await begin('bert')
    anna.signal('SIGSTOP')
    const carl = startWs(repository, ['run', 'carl.json'], { WHO: 'carl' })
    for (const name of names) await agents[name].release('go')
    // Its tool has no leader to tell, and nobody else took over.
    await expect.poll(() => toolsAtWork(agents.bert), { timeout: 60_000, interval: 50 }).toBe(0)
    anna.signal('SIGCONT')
    for (const going of [anna, bert, carl]) await completes(going)
    haveLanded(repository, ...names)
  }))
