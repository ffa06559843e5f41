import { join } from 'node:path'
import { type Job, systemClock } from '@ws/core'
import { executorContract, fakeAgent, withTempDir } from '@ws/testing'
import { builtInAdapter, toolAdapter } from '@ws/tools'
import { describe, expect, test } from 'vitest'
import { openLocalExecutor } from '../../src/execution/local-executor.ts'
import { RunTools } from '../../src/execution/run-tools.ts'

const script = (code: string): Job => ({ kind: 'command', run: [process.execPath, '-e', code] })
const ask = (prompt: string): Job => ({
  kind: 'tool',
  tool: 'claude',
  account: 'claude',
  prompt,
  mode: 'execute',
})

const jobs = {
  commands: {
    completes: script(`console.log('done')`),
    fails: script(`console.log('no'); process.exitCode = 3`),
    goesOn: script(`console.log('begun'); setInterval(() => {}, 1e6)`),
  },
  'a tool': { completes: ask('do'), fails: ask('fail'), goesOn: ask('go on') },
} as const

describe.each(['commands', 'a tool'] as const)('the executor of this machine, with %s', (kind) => {
  for (const { title, run } of executorContract) {
    test(title, () =>
      withTempDir(async (cwd) => {
        const spec = builtInAdapter('claude')
        if (spec === undefined) throw new Error('claude is not built in')
        const agent = await fakeAgent({
          tool: 'claude',
          script: [
            { when: 'go on', steps: [{ say: 'Begun.' }, { hang: 'model' }] },
            { when: 'fail', steps: [{ fail: 'api-error' }] },
            [{ say: 'Done.' }],
          ],
        })
        const claude = toolAdapter({
          ...spec,
          launch: (request, settings) => ({
            ...spec.launch(request, settings),
            commands: [agent.program],
            natives: [],
          }),
        })
        const executor = await openLocalExecutor({
          clock: systemClock(),
          env: process.env,
          ledgerFolder: join(cwd, 'ledger'),
          tools: new RunTools({ adapters: { claude }, settingsOf: () => ({}) }),
        })
        try {
          await run({ executor, cwd, jobs: jobs[kind] })
          expect(await agent.children()).toEqual([])
        } finally {
          await executor.close()
          await agent.close()
        }
      }),
    )
  }
})
