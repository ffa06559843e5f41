import { ManualClock } from '@ws/core/testing'
import {
  answerPrompt,
  lineAdapter,
  type LineAdapterOptions,
  sayReady,
  type ScriptedProcess,
  type ScriptedTool,
  startScriptedTool,
  takePrompt,
} from '@ws/testing'
import { expect } from 'vitest'
import {
  type ClusterManager,
  type ClusterOptionsInput,
  launchCluster,
  type PoolEvent,
  type ToolProcessPool,
} from '../src/index.ts'

/** A cluster whose tools, and whose time, are in the hand of the test. */
export class Driver<Opened extends ClusterManager | ToolProcessPool = ClusterManager> {
  readonly tool: ScriptedTool
  readonly clock: ManualClock
  readonly cluster: Opened
  readonly events: PoolEvent[] = []
  readonly #processes: ScriptedProcess[]
  readonly #unseen: PoolEvent[] = []
  #wake = () => {}

  constructor(tool: ScriptedTool, clock: ManualClock, cluster: Opened, processes: ScriptedProcess[]) {
    this.tool = tool
    this.clock = clock
    this.cluster = cluster
    this.#processes = processes
    cluster.events.on('*', ({ event }) => {
      this.events.push(event)
      this.#unseen.push(event)
      this.#wake()
    })
  }

  /** The process that an instance has now. */
  at(index: number): ScriptedProcess {
    const pid = this.cluster.getStatus()[index]?.pid
    const found = this.#processes.find((process) => process.pid === pid)
    if (found === undefined) throw new Error(`instance ${index} has no process`)
    return found
  }

  /** The next process that is started, once it takes prompts. */
  async nextReady(): Promise<ScriptedProcess> {
    const process = await this.next()
    await sayReady(process)
    return process
  }

  async next(): Promise<ScriptedProcess> {
    const process = await this.tool.next()
    this.#processes.push(process)
    return process
  }

  /** Resolves with the next event of this type, or one that nobody has asked for yet. */
  async event<Type extends PoolEvent['type']>(type: Type): Promise<Extract<PoolEvent, { type: Type }>> {
    for (;;) {
      const at = this.#unseen.findIndex((event) => event.type === type)
      const [event] = at < 0 ? [] : this.#unseen.splice(at, 1)
      if (event?.type === type) return event as Extract<PoolEvent, { type: Type }>
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Takes the prompt that an instance has, and answers it. */
  async answer(index: number, text?: string): Promise<string> {
    const process = this.at(index)
    const prompt = await takePrompt(process)
    await answerPrompt(process, prompt.id, text ?? `${index}: ${prompt.text}`)
    return prompt.text
  }
}

/** An adapter for scripted tools. */
export function scriptedAdapter(tool: ScriptedTool, options: Partial<LineAdapterOptions> = {}) {
  return lineAdapter({
    tool: 'scripted',
    commands: [tool.command],
    args: tool.args,
    env: tool.env,
    ...options,
  })
}

export interface DrivenOptions extends Omit<ClusterOptionsInput, 'clock'> {
  readonly traits?: LineAdapterOptions['traits']
}

/** Launches a cluster of scripted tools and lets each come up; afterwards nothing may be left. */
export async function withCluster(
  { traits = {}, ...options }: DrivenOptions,
  body: (driver: Driver) => Promise<void>,
): Promise<void> {
  const tool = await startScriptedTool()
  const clock = new ManualClock(1_000_000)
  const count = options.count ?? 1
  let cluster: ClusterManager | undefined
  try {
    const adapter = scriptedAdapter(tool, { traits })
    const launching = launchCluster(adapter, { healthEveryMs: 0, ...options, count, clock })
    const processes: ScriptedProcess[] = []
    while (options.execution !== 'one-shot' && processes.length < count) {
      const process = await tool.next()
      await sayReady(process)
      processes.push(process)
    }
    cluster = await launching
    await body(new Driver(tool, clock, cluster, processes))
    await cluster.close({ force: true })
    expect(tool.survivors()).toEqual([])
  } finally {
    await tool.close()
    await cluster?.close({ force: true })
  }
}

/** A promise that may reject before the test comes to look at it. */
export function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
