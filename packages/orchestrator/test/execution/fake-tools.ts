import { join } from 'node:path'
import { type AttemptWork, type Execution, type Failure, systemClock, type Usage } from '@ws/core'
import { type AgentTurn, type FakeAgent, fakeAgent, type FakeAgentOptions, withTempDir } from '@ws/testing'
import { builtInAdapter, type ToolAdapter, toolAdapter } from '@ws/tools'
import type { ToolRunOptions } from '../../src/execution/tool-run.ts'
import { type LocalExecutor, openLocalExecutor } from '../../src/execution/local-executor.ts'
import { RunTools } from '../../src/execution/run-tools.ts'

/** Tools of which a warm process speaks stream-json, the app-server's protocol, and ACP. */
export type FakeName = 'claude' | 'codex' | 'gemini'

/** A built-in tool whose program is a fake one. */
export function fakeAdapter(name: FakeName, agent: FakeAgent): ToolAdapter {
  const spec = builtInAdapter(name)
  if (spec === undefined) throw new Error(`${name} is not built in`)
  return toolAdapter({
    ...spec,
    launch: (request, settings) => ({
      ...spec.launch(request, settings),
      commands: [agent.program],
      natives: [],
    }),
  })
}

/** What became of an attempt, and what it said meanwhile. */
export interface Told {
  readonly execution: Execution
  readonly notes: string
  readonly usages: readonly Usage[]
}

/** An executor of this machine in the hand of a test. */
export interface FakeTools {
  readonly executor: LocalExecutor
  readonly agent: FakeAgent
  /** The folder of the worktrees. */
  readonly folder: string
  /** How many tasks are still to come. */
  waiting: number
  attempt(prompt: string, more?: Partial<AttemptWork> & { readonly signal?: AbortSignal }): Promise<Told>
  /** The processes that took prompts, one for each prompt. */
  pids(): Promise<readonly number[]>
}

/** Opens an executor whose only tool is a fake one. */
export function withFakeTools(
  {
    name,
    script,
    execution = 'auto',
    maxInstances,
    forgets,
    ...options
  }: {
    readonly name: FakeName
    readonly script: readonly AgentTurn[]
    readonly execution?: 'auto' | 'pooled' | 'one-shot'
    readonly maxInstances?: number
    readonly forgets?: true
  } & Pick<ToolRunOptions, 'recycle'>,
  tell: (tools: FakeTools) => Promise<void>,
): Promise<void> {
  return withTempDir(async (folder) => {
    const asked: FakeAgentOptions = { tool: name, script, ...(forgets === undefined ? {} : { forgets }) }
    const agent = await fakeAgent(asked)
    const settings = { execution, ...(maxInstances === undefined ? {} : { maxInstances }) }
    const executor = await openLocalExecutor({
      clock: systemClock(),
      env: process.env,
      ledgerFolder: join(folder, 'ledger'),
      tools: new RunTools({
        adapters: { [name]: fakeAdapter(name, agent) },
        settingsOf: () => ({ [name]: settings }),
      }),
      waiting: () => tools.waiting,
      ...options,
    })
    const tools: FakeTools = {
      executor,
      agent,
      folder,
      waiting: 1,
      attempt: async (prompt, { signal = new AbortController().signal, ...more } = {}) => {
        let notes = ''
        const usages: Usage[] = []
        const work: AttemptWork = {
          ...{ runId: 'r', workstreamId: 'w', taskId: prompt, attempt: 1, cwd: folder, env: {}, files: [] },
          job: { kind: 'tool', tool: name, account: name, prompt, mode: 'execute' },
          timeoutMs: 60_000,
          claims: [{ path: '**', mode: 'exclusive' }],
          ...more,
        }
        const execution = await executor.execute(work, {
          signal,
          onUsage: (usage) => usages.push(usage),
          onOutput: ({ stream, text }) => (notes += stream === 'note' ? text : ''),
        })
        return { execution, notes, usages }
      },
      pids: async () => (await agent.turns()).map(({ pid }) => pid),
    }
    try {
      await tell(tools)
    } finally {
      await executor.close()
      await agent.close()
    }
  })
}

/** Why an attempt failed. */
export function failureOf({ execution }: Told): Failure['reason'] | undefined {
  return execution.kind === 'failed' ? execution.failure.reason : undefined
}
