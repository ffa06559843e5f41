import { describe, expect, test } from 'vitest'
import type { HealthSnapshot, ToolStatus } from '../../src/health/health-snapshot.ts'
import { chooseTool, type ChooseToolOptions, type SelectableTool } from '../../src/selection/choose-tool.ts'

const tools: readonly SelectableTool[] = [
  { name: 'claude', capabilities: ['planning', 'python', 'tests'], costHint: 1, fallback: ['codex'] },
  { name: 'aider', capabilities: ['python', 'refactor', 'testing'], costHint: 0.6, fallback: ['cursor'] },
  { name: 'cursor-agent', capabilities: ['typescript'], costHint: 0.4 },
  { name: 'codex', costHint: 0.8 },
]

function health(entries: Readonly<Record<string, readonly [ToolStatus, number?]>>): HealthSnapshot {
  return Object.fromEntries(
    Object.entries(entries).map(([name, [status, time]]) => [
      name,
      { status, version: '1.0', last_check: '2026-11-21T13:45:20Z', response_time_ms: time ?? null },
    ]),
  )
}

function chosen(options: Partial<ChooseToolOptions>): string {
  const answer = chooseTool({ tools, ...options })
  return answer.isChosen
    ? [answer.choice.tool, ...answer.choice.alternatives.map(({ tool }) => tool)].join(' ')
    : answer.because
}

test('takes the cheapest of those that can do all that is asked for; unknown ones may', () => {
  expect(chosen({ capabilities: ['python', 'tests'] })).toBe('aider codex claude')
  expect(chosen({ capabilities: ['typescript'] })).toBe('cursor-agent codex')
  expect(chosen({ capabilities: ['Docs'] })).toBe('codex')
})

test('takes the healthy before the degraded, and never one that does not work', () => {
  const snapshot = health({ aider: ['degraded'], codex: ['unhealthy'], claude: ['healthy'] })
  expect(chosen({ capabilities: ['python'], health: snapshot })).toBe('claude aider')
  expect(
    chosen({
      capabilities: ['python'],
      health: health({ aider: ['missing'], codex: ['missing'], claude: ['healthy'] }),
    }),
  ).toBe('claude')
})

describe('between equals', () => {
  const pair: SelectableTool[] = [
    { name: 'a', costHint: 1 },
    { name: 'b', costHint: 1 },
  ]
  test('takes the quicker one, where the difference is more than noise', () => {
    expect(chosen({ tools: pair, health: health({ a: ['healthy', 900], b: ['healthy', 100] }) })).toBe('b a')
    expect(chosen({ tools: pair, health: health({ a: ['healthy', 120], b: ['healthy', 100] }) })).toBe('a b')
  })
  test('then the one for which less waits, then the more successful', () => {
    const load = (name: string) =>
      name === 'a' ? { queueLength: 2, recentSuccess: 1 } : { recentSuccess: 0.2 }
    expect(chosen({ tools: pair, load })).toBe('b a')
    expect(chosen({ tools: pair, load: (name) => ({ recentSuccess: name === 'a' ? 0.5 : 0.9 }) })).toBe('b a')
  })
})

test('a tool that is named is taken, though others are cheaper, then its stand-ins in order', () => {
  expect(chosen({ tool: 'Claude-CLI' })).toBe('claude codex')
  expect(chosen({ tool: 'claude', health: health({ claude: ['unhealthy'] }) })).toBe('codex')
  expect(chosen({ tool: 'claude', avoid: ['claude'] })).toBe('codex')
})

test('where nobody who can do it works, those that stand in for them are taken', () => {
  const sick = health({ aider: ['missing'] })
  expect(chosen({ capabilities: ['refactor'], tools: tools.slice(0, 3), health: sick })).toBe('cursor-agent')
})

test('a circle of stand-ins ends', () => {
  const circle = [
    { name: 'a', fallback: ['b'] },
    { name: 'b', fallback: ['a'] },
  ]
  expect(chosen({ tools: circle, tool: 'a', health: health({ a: ['missing'], b: ['missing'] }) })).toBe(
    '"a", "b": none of them works now',
  )
})

test('explains itself', () => {
  const snapshot = health({ aider: ['healthy', 120], claude: ['degraded', 900] })
  const load = () => ({ queueLength: 1, recentSuccess: 0.9 })
  const answer = chooseTool({
    tools: tools.slice(0, 2),
    capabilities: ['python'],
    health: snapshot,
    load,
    estimateUsd: 2,
  })
  expect(answer).toMatchInlineSnapshot(`
    {
      "choice": {
        "alternatives": [
          {
            "because": "degraded, cost 1, answers in 900 ms, 1 waiting, 90 % of its last attempts succeeded",
            "tool": "claude",
          },
        ],
        "because": "the first of 2 that can do it: healthy, cost 0.6, answers in 120 ms, 1 waiting, 90 % of its last attempts succeeded",
        "confidence": 0.9,
        "estimateUsd": 1.2,
        "tool": "aider",
      },
      "isChosen": true,
    }
  `)
})

test.each([
  [{ capabilities: ['cobol'], tools: tools.slice(0, 3) }, 'no tool is known for all of cobol'],
  [{ tool: 'nobody' }, 'there is no tool "nobody"'],
  [{ tools: [] }, 'no tool is known'],
  [{ avoid: ['claude', 'aider', 'cursor', 'codex'] }, 'every tool that is known is to be avoided'],
])('says why there is none: %j', (options, because) => {
  expect(chosen(options)).toBe(because)
})
