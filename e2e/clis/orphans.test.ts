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
import { describeRealTools, withRealTool } from './with-real-tool.ts'

const PROMPT = `Sleep. ${modelScript([{ run: 'WS_SLEEPER=1 sleep 600' }, { say: 'Slept.' }])}`

describeRealTools(
  'orphans',
  (tool) => {
    it.each(MODES)('%s: nothing that it has started outlives the pool', (execution) =>
      withRealTool(tool, async ({ launch, repository }) => {
        const cluster = await launch({ permission: 'all', execution })
        const turn = cluster.promptSettled(PROMPT)
        await sleepers(repository.folder)
        await cluster.close({ force: execution === 'one-shot', timeoutMs: 1_000 })
        await turn
        judge(tool, execution, 'left after close()', namesOf(repository.folder))
      }),
    )

    it.each(MODES)('%s: nothing is left when we are killed and start again', (execution) =>
      withRealTool(tool, async ({ options, repository }) => {
        const ledger = join(repository.folder, 'ledger')
        const given = { ...options, permission: 'all', execution, ledger }
        const program = join(import.meta.dirname, 'own-cluster.ts')
        const args = ['--conditions=@ws/source', program, tool.name, JSON.stringify(given), PROMPT]
        // Not with the variables that say whose processes are looked for.
        const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' }
        const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
        const closed = once(child, 'close')
        await sleepers(repository.folder)
        child.kill('SIGKILL')
        await closed
        expect(await sweepOrphans(ledger)).toMatchObject({ survivors: [] })
        judge(tool, execution, 'left after kill −9 of us, and a sweep', namesOf(repository.folder))
      }),
    )
  },
  ({ runs }) => runs && process.platform === 'linux',
)

/** Resolves when the command runs: what happens in other processes tells nobody. */
async function sleepers(folder: string): Promise<void> {
  const isThere = () => processesOf(folder).some(({ environ }) => environ.includes('WS_SLEEPER=1'))
  await expect.poll(isThere, { timeout: 120_000, interval: 100 }).toBe(true)
}

function namesOf(folder: string): string {
  const names = processesOf(folder).map(({ name }) => name)
  return names.length === 0 ? 'nothing' : names.join(', ')
}
