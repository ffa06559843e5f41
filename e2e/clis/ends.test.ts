import type { ClusterManager, SettledTurn } from '@ws/pool'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { judge } from './facts.ts'
import { priceOf, type RealTool } from './real-tools.ts'
import { MODES, type Mode } from './usual.ts'
import { describeRealTools, failed, isIn, withRealTool, type Workplace } from './with-real-tool.ts'

const HANG = `Say hello. ${modelScript([{ hang: true }])}`
const HERE = `Again. ${modelScript([{ say: 'Here I am.' }])}`

// Little enough that nobody rounds: one of them shows whole cents from the first cent on.
const USED = { in: 1500, out: 40 }

describeRealTools('ends', (tool) => {
  it.each(MODES)('%s: a turn is interrupted, and the next one is none the worse', (execution) =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ execution })
      const before = pidOf(cluster)
      const stop = new AbortController()
      const turn = cluster.promptSettled(HANG, { signal: stop.signal })
      await scripted(place, 1)
      stop.abort()
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'interrupted' } })
      const goesOn = before !== undefined && pidOf(cluster) === before
      expect((await cluster.prompt(HERE)).text).toContain('Here I am.')
      judge(tool, execution, 'a turn is interrupted', goesOn ? 'the process goes on' : 'with its process')
    }),
  )

  it.each(MODES)('%s: the next turn of a session knows the first, and counts only itself', (execution) =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ execution })
      await first(cluster)
      const { isKnown, settled } = await recall(cluster, place)
      const knows = isKnown ? 'knows the first' : 'begins anew'
      const counts = countOf(settled, tool, execution)
      judge(tool, execution, 'the next turn of a session', `${knows}, ${counts}`)
    }),
  )

  it.each(MODES)('%s: a process that is killed loses its turn, and what comes of its session', (execution) =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ execution, restart: 'auto', backoff: { firstMs: 0 } })
      const lost: string[] = []
      cluster.events.on('session.lost', ({ event }) => lost.push(event.session))
      await first(cluster)
      const asked = place.model.requests.filter(({ kind }) => kind === 'scripted').length
      const turn = cluster.promptSettled(HANG, { session: SESSION })
      await scripted(place, asked + 1)
      const gone = pidOf(cluster) ?? 0
      process.kill(gone, 'SIGKILL')
      const { failure } = failed(await turn)
      const { isKnown, settled } = await recall(cluster, place)
      expect(settled).toMatchObject({ isDone: true })
      expect(pidOf(cluster)).not.toBe(gone)
      // A conversation that begins anew is told as one.
      expect(lost.length > 0).toBe(!isKnown)
      const after = isKnown ? 'taken up' : 'begins anew'
      judge(tool, execution, 'kill −9 in a turn of a session', `${failure.reason}, ${after}`)
      if (isKnown) expect(countOf(settled, tool, execution)).toBe('counts itself')
    }),
  )

  it.each(MODES)('%s: a session that it does not have any more is told, and begins anew', (execution) =>
    withRealTool(tool, async (place) => {
      const cluster = await place.launch({ execution, restart: 'manual' })
      const lost: string[] = []
      cluster.events.on('session.lost', ({ event }) => lost.push(event.session))
      await first(cluster)
      if (execution === 'pooled') {
        const crashed = new Promise((resolve) => cluster.events.on('instance.crashed', resolve))
        process.kill(pidOf(cluster) ?? 0, 'SIGKILL')
        await crashed
      }
      place.forgetAll()
      if (execution === 'pooled') expect(await cluster.restartInstance(0)).toBe(true)
      const { isKnown, settled } = await recall(cluster, place)
      expect(settled).toMatchObject({ isDone: true })
      const told = lost.includes(SESSION) ? 'told' : 'not told'
      judge(tool, execution, 'a session that it has lost', `${told}, ${isKnown ? 'is known' : 'begins anew'}`)
    }),
  )
})

const SESSION = 'task-1'

function first(cluster: ClusterManager) {
  return cluster.prompt(`Remember the word aardvark. ${modelScript([{ say: 'Yes.' }])}`, { session: SESSION })
}

/** Asks for what was said first, and looks whether the model was told. */
async function recall(cluster: ClusterManager, { model }: Workplace) {
  const before = model.requests.length
  const script = modelScript([{ say: 'Aardvark.', usage: USED }])
  const settled = await cluster.promptSettled(`Which word? ${script}`, { session: SESSION })
  const asked = model.requests.slice(before).find(({ kind }) => kind === 'scripted')
  return { settled, isKnown: isIn('Remember the word aardvark.', asked?.body) }
}

/** What a turn of one call says that it used. */
function countOf({ turn }: SettledTurn, { departs }: RealTool, mode: Mode): string {
  const { usage } = turn ?? {}
  const told = `${usage?.inputTokens} + ${usage?.outputTokens}`
  const isUntold = departs.some(
    (each) => each.fact === 'tokens that are told' && each.is === 'none' && (each.mode ?? mode) === mode,
  )
  const costUsd = usage?.costUsd
  const isPriced = costUsd === undefined || Math.abs(costUsd - priceOf(USED, 1)) < 1e-6
  const isExact = told === (isUntold ? '0 + 0' : `${USED.in} + ${USED.out}`) && isPriced
  return isExact ? 'counts itself' : `counts ${told}${costUsd === undefined ? '' : `, $${costUsd}`}`
}

function pidOf(cluster: ClusterManager): number | undefined {
  return cluster.getStatus()[0]?.pid ?? undefined
}

/** Resolves when the model was asked so often for an answer of the script; titles and the like come between them. */
async function scripted({ model }: Workplace, times: number): Promise<void> {
  for (let count = 1, found = 0; ; count += 1) {
    await model.asked(count)
    if (model.requests[count - 1]?.kind === 'scripted' && ++found === times) return
  }
}
