import type { EventFeed } from '@ws/core'
import type { ToolAdapter } from '@ws/tools'
import type { SettledTurn } from '../instance/turn.ts'
import { AnswerQueue } from './answer-queue.ts'
import { healthOf, statusOf } from './describe-slot.ts'
import { refused } from './explain-pool.ts'
import type { PromptOptions } from './dispatcher.ts'
import { InstanceSet } from './instance-set.ts'
import type { PoolEvent } from './pool-event.ts'
import { checkCount, PoolOptions, type PoolOptionsInput, resolveOptions } from './pool-options.ts'
import type { InstanceHealth, InstanceStatus } from './pool-status.ts'
import { resolveTool } from './resolve-tool.ts'

/**
 * A fixed number of warm instances of a tool, each spoken to by its index. Sending never waits and answers are
 * fetched, as with a mailbox; `launchCluster` is the form with promises and routing.
 *
 * @example
 * const pool = new ToolProcessPool('claude', 3)
 * await pool.start()
 * pool.sendPrompt(0, 'What does this repository do?')
 * console.log(await pool.readResponse(0, 60_000))
 * await pool.shutdown()
 */
export class ToolProcessPool {
  /** What happens to the instances. */
  readonly events: EventFeed<PoolEvent>
  readonly #set: InstanceSet
  readonly #answers: readonly AnswerQueue<SettledTurn>[]
  /** Answers that are awaited or unread, by instance. */
  readonly #owed: number[]

  /**
   * @param tool a name of the registry, or an adapter
   * @throws `WS_OPTION_RANGE` for a wrong option or count, `WS_TOOL_UNKNOWN` for an unknown name.
   */
  constructor(tool: string | ToolAdapter, count: number, options: PoolOptionsInput = {}) {
    checkCount(count)
    const { settings, ports } = resolveOptions(PoolOptions, options)
    this.#set = new InstanceSet(resolveTool(tool), count, settings, ports)
    this.events = this.#set.events
    this.#answers = this.#set.slots.map(() => new AnswerQueue<SettledTurn>(this.#set.clock))
    this.#owed = this.#set.slots.map(() => 0)
  }

  /** How many instances there are. */
  get count(): number {
    return this.#set.slots.length
  }

  /**
   * Starts all instances; resolves when they take prompts.
   * @throws `WS_POOL_NOT_READY` when none does, `WS_TOOL_MISSING` and others when the tool cannot be started.
   */
  start(): Promise<void> {
    return this.#set.start()
  }

  /** Sends a prompt to one instance; false when that is dead, closing, or has as many prompts as it may. */
  sendPrompt(index: number, prompt: string, options: PromptOptions = {}): boolean {
    const answers = this.#answers[index]
    const owed = this.#owed[index]
    if (answers === undefined || owed === undefined || owed >= this.#set.settings.maxQueued) return false
    const turn = this.#set.dispatcher.submit(prompt, options, { index })
    if (typeof turn === 'string') return false
    this.#owed[index] = owed + 1
    void turn.settled.then((settled) => answers.put(settled))
    return true
  }

  /**
   * The answer to the oldest prompt of an instance that has not been read. Undefined when none came within this
   * time (it stays for the next read), or when that prompt failed: `getStatus` and `events` say why.
   */
  async readResponse(index: number, timeoutMs: number): Promise<string | undefined> {
    const settled = await this.readTurn(index, timeoutMs)
    return settled?.isDone === true ? settled.turn.text : undefined
  }

  /** The same, with all that is known of the turn, or why it failed; undefined when the time is over. */
  async readTurn(index: number, timeoutMs: number): Promise<SettledTurn | undefined> {
    const settled = await this.#answers[index]?.take(timeoutMs)
    if (settled !== undefined) this.#owed[index] = (this.#owed[index] ?? 1) - 1
    return settled
  }

  /** What is to be known of every instance now. */
  getStatus(): readonly InstanceStatus[] {
    return this.#set.slots.map((slot) => statusOf(this.#set, slot, this.#answers[slot.index]?.size ?? 0))
  }

  /** Looks at every instance: whether it is alive and takes prompts, what it uses, whether it is to be replaced. */
  async checkHealth(): Promise<readonly InstanceHealth[]> {
    await this.#set.look()
    return this.#set.slots.map((slot) => healthOf(this.#set, slot))
  }

  /**
   * Puts a new process in the place of an instance, whatever that is doing; resolves to whether it takes prompts.
   * @throws `WS_POOL_CLOSED`
   */
  async restartInstance(index: number): Promise<boolean> {
    const { slots, adapter, clock, isClosing } = this.#set
    if (isClosing) throw refused(adapter.tool, 'closing', slots, clock)
    return (await slots[index]?.restart())?.isReady ?? false
  }

  /** Ends everything: turns are asked to stop, then inputs end, then SIGTERM, then SIGKILL, within about this time. */
  shutdown(timeoutMs = 5_000): Promise<void> {
    return this.#set.close(timeoutMs)
  }

  /** The same; with `force` nothing is asked. */
  close({ force = false }: { readonly force?: boolean } = {}): Promise<void> {
    return this.#set.close(5_000, { force })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
