// A shell command that the tool has begun, in a session of its own as most of them do it, must not outlive us.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sweepOrphans } from '@ws/pool'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { judge } from './facts.ts'
import { MODES } from './usual.ts'
import { processesOf } from './processes-of.ts'
import type { RealTool } from './real-tools.ts'
import { describeRealTools, withRealTool, type Workplace } from './with-real-tool.ts'

const SLEEP = `Sleep. ${modelScript([{ run: 'WS_SLEEPER=1 sleep 600' }, { say: 'Slept.' }])}`
/** For one that has no shell: it waits for its model. */
const WAIT = `Wait. ${modelScript([{ hang: true }])}`

describeRealTools(
  'orphans',
  (tool) => {
    it.each(MODES)('%s: nothing that it has started outlives the pool', (execution) =>
      withRealTool(tool, async (place) => {
        const { launch, repository } = place
        const cluster = await launch({ permission: 'all', execution })
        const turn = cluster.promptSettled(promptOf(tool))
        await isAtIt(tool, place)
        await cluster.close({ force: execution === 'one-shot', timeoutMs: 1_000 })
        await turn
        judge(tool, execution, 'left after close()', namesOf(repository.folder))
      }),
    )

    it.each(MODES)('%s: nothing is left when we are killed and start again', (execution) =>
      withRealTool(tool, async (place) => {
        const { options, repository } = place
        const ledger = join(repository.folder, 'ledger')
        const given = { ...options, permission: 'all', execution, ledger }
        const program = join(import.meta.dirname, 'own-cluster.ts')
        const args = ['--conditions=@ws/source', program, tool.name, JSON.stringify(given), promptOf(tool)]
        // Not with the variables that say whose processes are looked for.
        const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' }
        const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
        const closed = once(child, 'close')
        await isAtIt(tool, place)
        child.kill('SIGKILL')
        await closed
        expect(await sweepOrphans(ledger)).toMatchObject({ survivors: [] })
        judge(tool, execution, 'left after kill −9 of us, and a sweep', namesOf(repository.folder))
      }),
    )
  },
  () => process.platform === 'linux',
)

function promptOf({ runs }: RealTool): string {
  return runs ? SLEEP : WAIT
}

/** Resolves when the command runs, or the model is asked: what happens in other processes tells nobody. */
async function isAtIt({ runs }: RealTool, { model, repository: { folder } }: Workplace): Promise<void> {
  if (!runs) return model.asked(1)
  const isThere = () => processesOf(folder).some(({ environ }) => environ.includes('WS_SLEEPER=1'))
  await expect.poll(isThere, { timeout: 120_000, interval: 100 }).toBe(true)
}

function namesOf(folder: string): string {
  const names = processesOf(folder).map(({ name }) => name)
  return names.length === 0 ? 'nothing' : names.join(', ')
}
