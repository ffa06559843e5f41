import { ManualClock } from '@ws/core/testing'
import { startScriptedTool } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import type { Probe } from '@ws/tools'
import { probeTool } from '../../src/index.ts'

const inheritedEnv = (env: Readonly<Record<string, string>>) => ({ ...process.env, ...env })

describe('a probe', () => {
  test('tells how a program ended and what it said', async () => {
    const probe: Probe = probeTool
    const code = `process.stdout.write('1.2.3'); process.stderr.write(' beta'); process.exitCode = 2`
    expect(await probe([process.execPath, '-e', code], { timeoutMs: 20_000 })).toMatchObject({
      answer: 'exited',
      exitCode: 2,
      output: '1.2.3 beta',
    })
    expect(await probe(['ws-no-such-program'], { timeoutMs: 1 })).toEqual({ answer: 'missing' })
  })

  test('ends what does not answer, with all that it started', async () => {
    const tool = await startScriptedTool()
    const clock = new ManualClock()
    const ports = { clock, inheritedEnv: inheritedEnv(tool.env), passEnv: Object.keys(tool.env) }
    const answer = probeTool([tool.command, ...tool.args, '--version'], { timeoutMs: 5_000 }, ports)
    const process = await tool.next()
    expect(process.argv).toEqual(['--version'])
    expect(await process.readLine()).toBeUndefined()
    await process.spawnChild({ isDetached: true })
    await process.write('half an ans')
    clock.advanceBy(5_000)
    expect(await answer).toEqual({ answer: 'none', responseTimeMs: 5_000 })
    expect(tool.survivors()).toEqual([])
    await tool.close()
  })

  test('stops when it is told to', async () => {
    const tool = await startScriptedTool()
    const stop = new AbortController()
    const ports = { inheritedEnv: inheritedEnv(tool.env), passEnv: Object.keys(tool.env) }
    const answer = probeTool([tool.command, ...tool.args], { timeoutMs: 60_000, signal: stop.signal }, ports)
    await tool.next()
    stop.abort()
    expect(await answer).toMatchObject({ answer: 'none' })
    expect(tool.survivors()).toEqual([])
    await tool.close()
  })
})
