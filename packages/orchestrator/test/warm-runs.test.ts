import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput, RunEvent } from '@ws/core'
import { type AgentTurn, fakeAgent, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../src/index.ts'
import { fakeAdapter, type FakeName } from './execution/fake-tools.ts'
import { landedAtOnce } from './landed-at-once.ts'

interface Lived {
  readonly status: string
  readonly events: readonly RunEvent[]
  /** By tool, who took which prompt. */
  readonly turns: Readonly<Record<string, readonly { readonly pid: number; readonly prompt: string }[]>>
  readonly report: {
    readonly nodes: readonly Record<string, unknown>[]
    readonly artifacts_generated: readonly string[]
  }
  readonly logOf: (name: string) => string
  readonly transcriptOf: (name: string) => string
}

/** Lives a plan whose tools are fake programs, to its end. */
async function live(
  scripts: Readonly<Partial<Record<FakeName, readonly AgentTurn[]>>>,
  plan: PlanInput,
): Promise<Lived> {
  const names = (['claude', 'codex', 'gemini'] as const).filter((name) => scripts[name] !== undefined)
  const agents = await Promise.all(
    names.map(async (name) => ({
      name,
      agent: await fakeAgent({ tool: name, script: scripts[name] ?? [] }),
    })),
  )
  let lived: Lived | undefined
  await withTempRepository(async (repository) => {
    const adapters = Object.fromEntries(agents.map(({ name, agent }) => [name, fakeAdapter(name, agent)]))
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce(), adapters })
    const events: RunEvent[] = []
    ws.events.on('*', ({ event }) => events.push(event))
    try {
      const run = await ws.run(plan)
      const { status } = await run.result
      await ws.writeFiles([run.id])
      const folder = join(repository.path, '.ws', 'runs', run.id)
      const turns = await Promise.all(
        agents.map(async ({ name, agent }) => [name, await agent.turns()] as const),
      )
      const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
      const logs = new Map(['a', 'b.2'].map((name) => [name, textOf(join(folder, 'logs', `${name}.log`))]))
      const transcripts = new Map(
        ['b/transcript.jsonl', 'b/transcript.2.jsonl'].map((name) => [
          name,
          textOf(join(folder, 'artifacts', name)),
        ]),
      )
      lived = {
        ...{ status, events, report },
        turns: Object.fromEntries(turns),
        logOf: (name) => logs.get(name) ?? '',
        transcriptOf: (name) => transcripts.get(name) ?? '',
      }
    } finally {
      await ws.close()
      for (const { agent } of agents) await agent.close()
    }
  })
  if (lived === undefined) throw new Error('it was not lived')
  return lived
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const chain = (tool: FakeName): PlanInput['workstreams'] => [
  {
    id: 'api',
    claims: ['**'],
    tasks: ['a', 'b', 'c'].map((id, at) => ({
      id,
      tool,
      prompt: `do ${id}`,
      needs: at === 0 ? [] : ['abc'.charAt(at - 1)],
    })),
  },
]

test('the tasks of a workstream share a warm process; a crash in the middle costs a retry and nothing else', async () => {
  const { status, events, turns, report } = await live(
    {
      codex: [
        [
          { write: 'a.txt', content: 'a' },
          { say: 'A.', usage: { in: 100, out: 1 } },
        ],
        [{ write: 'b.txt', content: 'half' }, { crash: 'SIGKILL' }],
        [
          { write: 'b.txt', content: 'b' },
          { say: 'B.', usage: { in: 200, out: 2 } },
        ],
        [
          { write: 'c.txt', content: 'c' },
          { say: 'C.', usage: { in: 400, out: 4 } },
        ],
      ],
    },
    { defaults: { backoff: { base: '1ms' } }, workstreams: chain('codex') },
  )
  expect(status).toBe('COMPLETED')
  const [a, crashed, b, c] = turns['codex'] ?? []
  expect([crashed?.pid === a?.pid, b?.pid === a?.pid, c?.pid === b?.pid]).toEqual([true, false, true])
  expect(events.filter(({ type }) => type === 'task.retried')).toHaveLength(1)
  // A write uses 1,020 tokens of its own; the turn that fell did one.
  expect(report.nodes).toMatchObject([
    { tokens_used: 1_020 + 101, attempts: 1, because: 'codex, pooled: its workstream has more tasks for it' },
    { tokens_used: 2 * 1_020 + 202, attempts: 2, because: 'codex, pooled: it is warm from an earlier task' },
    { tokens_used: 1_020 + 404, attempts: 1, because: 'codex, pooled: it is warm from an earlier task' },
  ])
})

test('a tool that falls sick in the middle of a workstream gives way to its stand-in, which begins anew', async () => {
  const { status, turns, report, logOf, transcriptOf } = await live(
    {
      claude: [[{ write: 'a.txt', content: 'a' }, { say: 'A by claude.' }], [{ fail: 'auth' }]],
      codex: [[{ write: 'b.txt', content: 'b' }, { say: 'By codex.' }]],
    },
    {
      defaults: { backoff: { base: '1ms' } },
      tools: { claude: { fallback: ['codex'] } },
      workstreams: chain('claude'),
    },
  )
  expect(status).toBe('COMPLETED')
  expect(report.nodes).toMatchObject([
    { tool: 'claude', because: 'claude, pooled: its workstream has more tasks for it' },
    { tool: 'codex', attempts: 2, because: 'codex, pooled: its workstream has more tasks for it' },
    { tool: 'codex', because: 'codex, pooled: it is warm from an earlier task' },
  ])
  expect(turns['codex']?.map(({ prompt }) => prompt.split('\n')[0])).toEqual(['do b', 'do c'])
  expect([logOf('a'), logOf('b.2')]).toEqual([
    expect.stringContaining('A by claude.'),
    expect.stringContaining('By codex.'),
  ])
  // The newest attempt's is in the report; those before it are kept beside it.
  const artifacts = report.artifacts_generated.map((path) => path.split('/').slice(2).join('/'))
  expect(artifacts).toContain('artifacts/b/transcript.2.jsonl')
  expect([transcriptOf('b/transcript.jsonl'), transcriptOf('b/transcript.2.jsonl')]).toEqual([
    expect.stringMatching(/"because":"claude, pooled[^]*"as":"failed","failure":\{"reason":"auth"/),
    expect.stringMatching(/"text":"do b[^]*"text":"By codex\."[^]*"as":"completed"/),
  ])
})

test('workstreams with one task each get a process for each attempt', async () => {
  const { turns, report } = await live(
    { claude: [[{ say: 'Nothing to do.' }]] },
    {
      workstreams: ['x', 'y'].map((id) => ({
        id,
        claims: [`${id}/**`],
        tasks: [{ id, tool: 'claude', prompt: 'look' }],
      })),
    },
  )
  expect(new Set(turns['claude']?.map(({ pid }) => pid)).size).toBe(2)
  expect(report.nodes[0]).toMatchObject({
    because: 'claude, one-shot: its workstream has no other task for it',
  })
})
