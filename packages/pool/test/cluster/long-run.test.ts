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
