import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../../src/wire/read-lines.ts'
import { recordings, said } from '../transcript.ts'
import { goldenTurns } from './golden-turns.ts'
import { playScenario, type Scenario, requestOf, scenarioOf, transcriptOf } from './play-scenario.ts'
import { sequence, summarize } from './summary.ts'

const scenarios = Object.entries(goldenTurns).flatMap(([place, byName]) =>
  Object.entries(byName).map(([name, lines]) => ({ ...scenarioOf(`${place}/${name}`), lines })),
)

describe.each(scenarios)('a recording of $tool, $mode, $name', (scenario) => {
  test('is told with its outcome, usage to the token, files and denials', async () => {
    const { turns, events } = await playScenario(scenario)
    expect([...turns.map(summarize), sequence(events)]).toEqual(scenario.lines)
  })
})

// aider's recorder wrote prompts as they are; ours are blocks.
const written = scenarios.filter(({ mode }) => mode !== 'repl')

test.each(written)('$tool, $mode, $name was written to as it is written to now', async (scenario) => {
  const replayed = await playScenario(scenario)
  expect(normal(replayed.written, scenario)).toEqual(
    normal(said(transcriptOf(scenario).entries, 'in'), scenario),
  )
})

/** Messages as values; whose words an answer "there is no such method" has is open. */
function normal(text: string, { mode }: Scenario): unknown {
  if (mode === 'one-shot') return text
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => {
      const message: unknown = JSON.parse(line)
      return isJsonObject(message) && isJsonObject(message['error'])
        ? { ...message, error: { code: message['error']['code'] } }
        : message
    })
}

test('every recording is told', () => {
  const told = scenarios.map(({ tool, mode, name }) => `${tool}/${mode}/${name}`)
  expect(told.toSorted()).toEqual(recordings())
})

test('a thread of codex that is taken up by another process counts its own turn only', async () => {
  const scenario: Scenario = { tool: 'codex', mode: 'one-shot', name: 'two-turns-1' }
  const { turns: first } = await playScenario(scenario)
  const { sessionUsage, sessionId } = first[0]!
  expect(sessionUsage).toEqual({ inputTokens: 2000, outputTokens: 40, cachedTokens: 0, costUsd: 0 })
  const second = { ...scenario, name: 'two-turns-2' }
  const request = { ...requestOf(second), sessionId: sessionId!, usedBefore: sessionUsage! }
  const { turns } = await playScenario(second, { request })
  expect(turns[0]?.usage).toMatchObject({ inputTokens: 1500, outputTokens: 30, cachedTokens: 1000 })
})

test('a session of claude that is taken up without its totals has an exact turn all the same', async () => {
  const scenario: Scenario = { tool: 'claude', mode: 'one-shot', name: 'two-turns-2' }
  const { turns } = await playScenario(scenario, { request: { ...requestOf(scenario), sessionId: '<id-1>' } })
  expect(turns[0]?.usage).toMatchObject({ inputTokens: 1500, costUsd: 0.00225, basis: 'reported' })
})
