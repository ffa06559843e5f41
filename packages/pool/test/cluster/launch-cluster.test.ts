import { ManualClock } from '@ws/core/testing'
import { echoTool, lineAdapter, startScriptedTool, withTempDir } from '@ws/testing'
import type { ToolAdapter } from '@ws/tools'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ClusterStats, launchCluster, ProcessLimits, sweepOrphans } from '../../src/index.ts'
import { later, scriptedAdapter } from '../driven-cluster.ts'

describe('launchCluster', () => {
  test('starts three instances unless told otherwise, and they answer', async () => {
    // Whatever has the shape of an adapter is one.
    const adapter: ToolAdapter = echoTool()
    const cluster = await launchCluster(adapter)
    expect(cluster).toMatchObject({ count: 3, tool: 'echo' })
    const turns = await Promise.all(['a', 'b', 'c'].map((text) => cluster.prompt(text)))
    expect(turns.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(new Set(turns.map(({ instance }) => instance)).size).toBe(3)
    await cluster.checkHealth()
    const stats = cluster.stats()
    expect(ClusterStats.parse(stats)).toEqual(stats)
    expect(stats).toMatchObject({ alive: 3, turns: 3, instances: [{ rssBytes: expect.any(Number) }, {}, {}] })
    await cluster.close()
    await cluster.close()
  })

  test('sends, and reads whatever comes first', async () => {
    const cluster = await launchCluster(echoTool(), { count: 2, routing: 'round-robin' })
    expect([cluster.send('a'), cluster.send('b'), cluster.send('c')]).toEqual([0, 1, 0])
    expect(cluster.sendTo(1, 'd')).toBe(true)
    expect([cluster.sendTo(2, 'x'), cluster.sendTo(-1, 'x')]).toEqual([false, false])
    const answers = [await cluster.readAny(5_000), await cluster.readAny(5_000), await cluster.readAny(5_000)]
    answers.push(await cluster.readAny(5_000))
    const byText = answers.map((answer) => `${answer?.text} ${answer?.index}`).toSorted()
    expect(byText).toEqual(['a 0', 'b 1', 'c 0', 'd 1'])
    expect(await cluster.readAny(0)).toBeUndefined()
    await cluster.drain()
    await cluster.close()
  })

  test('says what the tool said when none of its instances takes prompts', async () => {
    const tool = await startScriptedTool()
    const clock = new ManualClock()
    const launching = later(launchCluster(scriptedAdapter(tool), { count: 2, clock }))
    for (const _ of [1, 2]) {
      const process = await tool.next()
      await process.writeError('please sign in')
      await process.exit(1)
    }
    await expect(launching).rejects.toMatchObject({
      code: 'WS_POOL_NOT_READY',
      message: expect.stringContaining('please sign in'),
    })
    await tool.close()
  })

  test('gives up on a tool that is never ready', async () => {
    const tool = await startScriptedTool()
    const clock = new ManualClock()
    const launching = later(launchCluster(scriptedAdapter(tool), { count: 1, clock, readyTimeoutMs: 500 }))
    const process = await tool.next()
    while (clock.next() === undefined) await new Promise((resolve) => setImmediate(resolve))
    clock.advanceBy(500)
    await expect(launching).rejects.toMatchObject({ code: 'WS_POOL_NOT_READY' })
    expect(process.survivors()).toEqual([])
    await tool.close()
  })

  test('goes on with those that came up', async () => {
    const tool = await startScriptedTool()
    const clock = new ManualClock()
    const launching = launchCluster(scriptedAdapter(tool), { count: 2, clock })
    await (await tool.next()).exit(1)
    await (await tool.next()).write('{"ready":"1"}\n')
    const cluster = await launching
    expect(cluster.stats().alive).toBe(1)
    await cluster.close({ force: true })
    await tool.close()
  })

  test('refuses a program that is not there, a name that is unknown, and what a tool cannot do', async () => {
    const missing = lineAdapter({ commands: ['ws-no-such-program', '/nowhere/it'] })
    await expect(launchCluster(missing)).rejects.toMatchObject({
      code: 'WS_TOOL_MISSING',
      message: 'no program "ws-no-such-program" or "/nowhere/it" was found',
    })
    await expect(launchCluster('claud')).rejects.toMatchObject({
      code: 'WS_TOOL_UNKNOWN',
      hint: 'did you mean "claude"?',
    })
    for (const count of [0, -1, 1.5, Number.NaN, Infinity, 1_001])
      await expect(launchCluster(echoTool(), { count })).rejects.toMatchObject({
        code: 'WS_OPTION_RANGE',
        message: `count is ${count}, expected a whole number from 1 to 1000`,
      })
    await expect(
      launchCluster(echoTool({ traits: { modes: ['one-shot'] } }), { execution: 'pooled' }),
    ).rejects.toMatchObject({ code: 'WS_OPTION_RANGE' })
  })

  test('can be closed while it starts', async () => {
    const tool = await startScriptedTool()
    const { ClusterManager } = await import('../../src/cluster/cluster-manager.ts')
    const { ClusterOptions } = await import('../../src/cluster/cluster-options.ts')
    const cluster = new ClusterManager(scriptedAdapter(tool), ClusterOptions.parse({ count: 1 }), {})
    const starting = later(cluster.start())
    expect(later(cluster.start())).toBeInstanceOf(Promise)
    await tool.next()
    await cluster.close({ force: true })
    await expect(starting).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
    expect(tool.survivors()).toEqual([])
    await tool.close()
  })

  test('is given up when its signal says so, with what was started', async () => {
    const tool = await startScriptedTool()
    const stop = new AbortController()
    const launching = later(launchCluster(scriptedAdapter(tool), { count: 2, signal: stop.signal }))
    for (const _ of [1, 2]) await tool.next()
    stop.abort(new Error('enough'))
    await expect(launching).rejects.toThrow('enough')
    expect(tool.survivors()).toEqual([])
    await expect(launchCluster(scriptedAdapter(tool), { signal: stop.signal })).rejects.toThrow('enough')
    await tool.close()
  })

  test('notes its processes in the ledger, and removes it at the end', () =>
    withTempDir(async (dir) => {
      const cluster = await launchCluster(echoTool(), { count: 2, ledger: dir })
      const [file = ''] = readdirSync(dir)
      const lines = readFileSync(join(dir, file), 'utf8')
      for (const { pid } of cluster.getStatus()) expect(lines).toContain(`"pid":${pid}`)
      expect(await sweepOrphans(dir)).toEqual({ ended: [], survivors: [] })
      await cluster.close()
      expect(readdirSync(dir)).toEqual([])
    }))

  test("writes a tool's files below the directory of each instance, and nowhere else", () =>
    withTempDir(async (dir) => {
      const files = [{ path: 'settings/own.json', content: '{}' }]
      const cluster = await launchCluster(echoTool({ files }), { count: 2, configDir: dir })
      expect(readFileSync(join(dir, '1', 'settings', 'own.json'), 'utf8')).toBe('{}')
      await cluster.close()
      const plain = await launchCluster(echoTool(), { count: 1, configDir: join(dir, 'empty') })
      expect(readdirSync(join(dir, 'empty', '0'))).toEqual([])
      await plain.close()
      const outside = echoTool({ files: [{ path: '../../escaped', content: '' }] })
      await expect(launchCluster(outside, { configDir: join(dir, 'x') })).rejects.toMatchObject({
        code: 'WS_TOOL_FILES',
      })
      await expect(launchCluster(outside)).rejects.toMatchObject({ code: 'WS_TOOL_FILES' })
    }))

  test('puts its processes into a sandbox where one is given', async () => {
    const wrapped: string[] = []
    const sandbox = {
      name: 'env',
      wrap: (launch: { file: string; args: readonly string[] }) => {
        wrapped.push(launch.file)
        return { ...launch, env: { PATH: '' }, cwd: '/', secrets: [] }
      },
    }
    const cluster = await launchCluster(echoTool(), { count: 1, sandbox })
    expect((await cluster.prompt('x')).text).toBe('x')
    const plain = await launchCluster(echoTool(), { count: 1 })
    expect(plain.getStatus()[0]?.processKey).not.toBe(cluster.getStatus()[0]?.processKey)
    await Promise.all([cluster.close(), plain.close()])
    expect(wrapped).toEqual([process.execPath])
  })
})

describe('limits that clusters share', () => {
  test('let a process start when another is gone, in the order of asking', async () => {
    const limits = new ProcessLimits({ maxProcesses: 2 })
    const first = await launchCluster(echoTool(), { count: 2, limits })
    const second = launchCluster(echoTool(), { count: 2, limits })
    await first.prompt('x')
    expect(limits).toMatchObject({ taken: 2, waiting: 2 })
    await first.close()
    const cluster = await second
    expect(limits).toMatchObject({ taken: 2, waiting: 0 })
    await cluster.close()
    expect(limits.taken).toBe(0)
  })

  test('do not keep a cluster from closing that waits for them', async () => {
    const limits = new ProcessLimits({ maxProcesses: 1 })
    const first = await launchCluster(echoTool(), { count: 1, limits, execution: 'one-shot' })
    const give = await limits.take()
    const turn = later(first.prompt('x'))
    expect(limits.waiting).toBe(1)
    await first.close()
    await expect(turn).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
    give()
    expect(limits).toMatchObject({ taken: 0, waiting: 0 })
  })
})
