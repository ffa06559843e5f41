// What a CLI costs before its model does anything; only where it is asked for, since it says something on a quiet machine alone.
import { appendFileSync, readFileSync } from 'node:fs'
import { modelScript } from '@ws/testing'
import { it } from 'vitest'
import { processesOf } from './processes-of.ts'
import { describeRealTools, withRealTool } from './with-real-tool.ts'

const file = process.env['WS_CLIS_FIGURES']
const HELLO = `Say hello. ${modelScript([{ say: 'Hello.' }])}`

describeRealTools(
  'figures',
  (tool) => {
    it.skipIf(file === undefined)(
      'how soon it is ready, how long a turn takes, and what five of them hold',
      () =>
        withRealTool(tool, async ({ launch, repository }) => {
          const [one, readyMs] = await timed(() => launch())
          const turnsMs: number[] = []
          for (let count = 0; count < 9; count += 1) turnsMs.push((await timed(() => one.prompt(HELLO)))[1])
          await one.close()
          const [five, fiveReadyMs] = await timed(() => launch({ count: 5, readyTimeoutMs: 300_000 }))
          await Promise.all(Array.from({ length: 5 }, () => five.prompt(HELLO)))
          const memoryKb = processesOf(repository.folder).map(({ pid }) => proportionalKb(pid))
          const figures = {
            tool: tool.name,
            readyMs,
            turnMs: turnsMs.toSorted((a, b) => a - b)[4],
            fiveReadyMs,
            fiveMb: memoryKb.reduce((sum, kb) => sum + kb, 0) / 1024,
          }
          appendFileSync(file ?? '', `${JSON.stringify(figures)}\n`)
        }),
    )
  },
  () => process.platform === 'linux',
)

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now()
  return [await work(), performance.now() - startedAt]
}

/** What it holds alone, and its part of what it shares; nothing where it has gone since it was seen. */
function proportionalKb(pid: string): number {
  const file = `/proc/${pid}/smaps_rollup`
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
