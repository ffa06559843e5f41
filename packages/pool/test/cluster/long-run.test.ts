import { echoTool } from '@ws/testing'
import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { launchCluster } from '../../src/index.ts'

const openFiles = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)

test('ten thousand turns leave no listener, timer, file or memory behind', { timeout: 120_000 }, async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  const filesBefore = openFiles()
  const cluster = await launchCluster(echoTool(), { count: 2, maxQueued: 1_000, healthEveryMs: 0 })
  const { signal } = new AbortController()
  const run = async (turns: number) => {
    const items = Array.from({ length: turns }, (_, item) => item)
    for await (const { settled } of cluster.map(items, (item) => ({
      text: `item ${item}`,
      signal,
      session: `s${item % 7}`,
    })))
      expect(settled.isDone).toBe(true)
    return { files: openFiles(), handles: process.getActiveResourcesInfo().length, heap: heapUsed() }
  }
  const marks = [await run(4_000)]
  for (let stretch = 0; stretch < 3; stretch++) marks.push(await run(2_000))
  for (const { files, handles } of marks) {
    expect(files).toBe(marks[0]?.files)
    expect(handles).toBeLessThanOrEqual((marks[0]?.handles ?? 0) + 2)
  }
  // Code that is compiled late takes memory too, once; what turns leave behind grows in each of the stretches.
  const growths = marks.slice(1).map(({ heap }, at) => heap - (marks[at]?.heap ?? 0))
  expect(Math.min(...growths)).toBeLessThan(300_000)
  expect(cluster.stats()).toMatchObject({ turns: 10_000, failures: 0, restarts: 0, queued: 0 })
  await cluster.close()
  expect(openFiles()).toBe(filesBefore)
  expect(warnings).toEqual([])
  process.off('warning', onWarning)
})

test('round robin gives each of three instances a third of nine hundred prompts', async () => {
  const cluster = await launchCluster(echoTool(), { count: 3, maxQueued: 1_000, healthEveryMs: 0 })
  const prompts = Array.from({ length: 900 }, (_, at) => cluster.prompt(`prompt ${at}`))
  await Promise.all(prompts)
  expect(cluster.stats().instances.map(({ turns }) => turns)).toEqual([300, 300, 300])
  await cluster.close()
})

test('events are numbered without a gap, whoever listens', async () => {
  const cluster = await launchCluster(echoTool(), { count: 1, healthEveryMs: 0 })
  const heard: number[] = []
  const types: string[] = []
  await cluster.prompt('nobody listens')
  const stop = cluster.events.on('*', ({ seq, event }) => {
    heard.push(seq)
    types.push(event.type)
  })
  await cluster.prompt('somebody listens')
  stop()
  await cluster.prompt('nobody listens')
  cluster.events.on('turn.completed', ({ seq }) => void heard.push(seq))
  await cluster.prompt('somebody listens for one thing')
  const [first = 0] = heard
  expect(types).toEqual(['turn.started', 'turn.completed'])
  expect(heard).toEqual([first, first + 1, first + 5])
  await cluster.close()
})

test('forty processes in turn leave no file behind', { timeout: 120_000 }, async () => {
  const filesBefore = openFiles()
  const cluster = await launchCluster(echoTool(), { count: 2, execution: 'one-shot', healthEveryMs: 0 })
  for await (const { settled } of cluster.map(Array.from({ length: 40 }, String), String))
    expect(settled.isDone).toBe(true)
  await cluster.close()
  expect(openFiles()).toBe(filesBefore)
})

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  gc()
  return process.memoryUsage().heapUsed
}
