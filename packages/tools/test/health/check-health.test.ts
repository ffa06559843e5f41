import { ManualClock } from '@ws/core/testing'
import { describe, expect, test } from 'vitest'
import { checkHealth } from '../../src/health/check-health.ts'
import { healthJsonSchema, HealthSnapshot } from '../../src/health/health-snapshot.ts'
import { judgeHealth, versionIn } from '../../src/health/judge-health.ts'
import type { Probe, ProbeAnswer } from '../../src/health/probe.ts'
import { UsualTimes } from '../../src/health/usual-times.ts'
import { ToolRegistry } from '../../src/registry/tool-registry.ts'

function exited(exitCode: number | null, responseTimeMs = 100, output = ''): ProbeAnswer {
  return { answer: 'exited', exitCode, responseTimeMs, output }
}

/** Answers by the first word of a command, or its whole. */
function probeOf(answers: Readonly<Record<string, ProbeAnswer>>, asked: string[] = []): Probe {
  return (argv, { timeoutMs }) => {
    asked.push(`${argv.join(' ')} ${timeoutMs}`)
    return Promise.resolve(answers[argv.join(' ')] ?? answers[argv[0]!] ?? { answer: 'missing' })
  }
}

const tool = (name: string) => ({
  name,
  healthCommand: [name, '--help'],
  versionCommand: [name, '--version'],
})

const clock = new ManualClock(1_795_268_720_000)

test('tells the healthy, the degraded, the unhealthy and the missing apart', async () => {
  const probe = probeOf({
    'a --help': exited(0, 40.4),
    'a --version': exited(0, 10, 'a-cli v1.22.3-beta.1 (linux)'),
    b: exited(2),
    c: { answer: 'none', responseTimeMs: 5_000 },
    e: exited(null),
  })
  const snapshot = await checkHealth(['a', 'b', 'c', 'd', 'e'].map(tool), { probe, clock })
  const last_check = '2026-11-21T13:45:20Z'
  expect(snapshot).toEqual({
    a: { status: 'healthy', version: '1.22.3-beta.1', last_check, response_time_ms: 40 },
    b: {
      status: 'degraded',
      version: null,
      last_check,
      response_time_ms: 100,
      warning: 'it exited with code 2',
    },
    c: {
      status: 'unhealthy',
      version: null,
      last_check,
      response_time_ms: 5000,
      warning: 'no answer within 5 s',
    },
    d: {
      status: 'missing',
      version: null,
      last_check,
      response_time_ms: null,
      warning: 'the program was not found',
    },
    e: {
      status: 'degraded',
      version: null,
      last_check,
      response_time_ms: 100,
      warning: 'it was ended by a signal',
    },
  })
  expect(HealthSnapshot.parse(snapshot)).toEqual(snapshot)
  expect(JSON.stringify(healthJsonSchema())).toContain('response_time_ms')
})

test('three times its own usual time is slow, and a slow answer is not what is usual', async () => {
  const usual = new UsualTimes()
  const check = async (responseTimeMs: number) => {
    const probe = probeOf({ a: exited(0, responseTimeMs) })
    const { a } = await checkHealth([tool('a')], { probe, clock, usual })
    return [a?.status, a?.warning]
  }
  for (const time of [300, 200, 250]) expect(await check(time)).toEqual(['healthy', undefined])
  expect(await check(751)).toEqual(['degraded', 'high latency'])
  expect(await check(751)).toEqual(['degraded', 'high latency'])
  expect(await check(750)).toEqual(['healthy', undefined])
})

test('a quick program is not slow because it was quicker before', () => {
  expect(judgeHealth(exited(0, 90), { usualMs: 10, timeoutMs: 5_000 }).status).toBe('healthy')
})

test('all are asked side by side, each with its own time', async () => {
  let running = 0
  let most = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const probe: Probe = async () => {
    most = Math.max(most, ++running)
    if (running === 6) resolve()
    await promise
    running--
    return exited(0)
  }
  await checkHealth(['a', 'b', 'c'].map(tool), { probe, clock, timeoutMs: 100 })
  expect(most).toBe(6)
})

test('a program that is not there may go by another name; one command is asked once', async () => {
  const asked: string[] = []
  const probe = probeOf({ new: exited(0, 5, '2.0') }, asked)
  const same = {
    name: 'a',
    healthCommand: ['old', '-V'],
    versionCommand: ['old', '-V'],
    detectCommands: [['older'], ['new', 'x']],
  }
  expect((await checkHealth([same], { probe, clock })).a).toMatchObject({ status: 'healthy', version: '2.0' })
  expect(asked).toEqual(['old -V 5000', 'older -V 5000', 'new -V 5000'])
})

test('the entries of a registry can be asked as they are', async () => {
  const snapshot = await checkHealth(new ToolRegistry().entries, {
    probe: probeOf({ codex: exited(0, 5, 'codex-cli 0.169.0') }),
    clock,
  })
  expect(snapshot['codex']).toMatchObject({ status: 'healthy', version: '0.169.0' })
  expect(snapshot['claude']).toMatchObject({ status: 'missing' })
})

describe('the version in what a program says', () => {
  test.each([
    ['2.1.329 (Claude Code)', '2.1.329'],
    ['codex-cli 0.169.0', '0.169.0'],
    ['aider v0.86.2', '0.86.2'],
    ['no version at all', undefined],
    ['listening on 127.0.0.1', '127.0.0.1'],
  ])('%s', (output, version) => {
    expect(versionIn(output)).toBe(version)
  })
})
