import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { ClusterManager } from '@ws/pool'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { describeRealTools, isIn, withRealTool, type Workplace } from './with-real-tool.ts'

const HANG = `Say hello. ${modelScript([{ hang: true }])}`

describeRealTools('ends', (tool) => {
  it('a turn is interrupted, and the process takes the next one', () =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch()
      const stop = new AbortController()
      const turn = cluster.promptSettled(HANG, { signal: stop.signal })
      await scripted(place)
      stop.abort()
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'interrupted' } })
      const next = await cluster.prompt(`Again. ${modelScript([{ say: 'Here I am.' }])}`)
      expect(next.text).toContain('Here I am.')
    }))

  it('a process that is killed loses its turn and nothing else', () =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ restart: 'auto', backoff: { firstMs: 0 } })
      const turn = cluster.promptSettled(HANG)
      await scripted(place)
      process.kill(cluster.getStatus()[0]?.pid ?? 0, 'SIGKILL')
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'crashed' } })
      const next = await cluster.prompt(`Again. ${modelScript([{ say: 'Here I am.' }])}`)
      expect(next.text).toContain('Here I am.')
      expect(cluster.stats()).toMatchObject({ restarts: 1 })
    }))

  it.skipIf(!tool.resumes)('a session goes on in the process that follows one that was killed', () =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ restart: 'auto', backoff: { firstMs: 0 } })
      const session = 'task-1'
      await cluster.prompt(`Remember the word aardvark. ${modelScript([{ say: 'Yes.' }])}`, { session })
      const gone = cluster.getStatus()[0]?.pid ?? 0
      process.kill(gone, 'SIGKILL')
      await waitFor(() => isReady(cluster) && cluster.getStatus()[0]?.pid !== gone)
      const before = place.model.requests.length
      await cluster.prompt(`Which word? ${modelScript([{ say: 'Aardvark.' }])}`, { session })
      const asked = place.model.requests.slice(before).find(({ kind }) => kind === 'scripted')
      expect(isIn('Remember the word aardvark.', asked?.body)).toBe(true)
    }),
  )

  it.skipIf(!tool.runs || process.platform !== 'linux')('nothing that it has started outlives the pool', () =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ permission: 'all' })
      const mark = randomUUID()
      const script = modelScript([{ run: `WS_MARK=${mark} sleep 600` }, { say: 'Slept.' }])
      const turn = cluster.promptSettled(`Sleep. ${script}`)
      // It runs as soon as it can be seen.
      await waitFor(() => sleepers(mark).length > 0)
      await cluster.close({ force: true })
      await turn
      expect(sleepers(mark)).toEqual([])
    }),
  )
})

/** Resolves when the model has been asked for an answer of the script; titles and the like come before it at times. */
async function scripted({ model }: Workplace): Promise<void> {
  for (let count = 1; ; count += 1) {
    await model.asked(count)
    if (model.requests[count - 1]?.kind === 'scripted') return
  }
}

/** What happens in other processes tells nobody. */
async function waitFor(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 120_000, interval: 100 }).toBe(true)
}

function isReady(cluster: ClusterManager): boolean {
  return cluster.getStatus()[0]?.state === 'ready'
}

function sleepers(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`WS_MARK=${mark}`)
    } catch {
      return false
    }
  })
}
