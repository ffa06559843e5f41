import type { EventFeed } from '@ws/core'
import type { ToolAdapter } from '@ws/tools'
import type { SettledTurn, Turn } from '../instance/turn.ts'
import { AnswerQueue } from '../pool/answer-queue.ts'
import { healthOf, statsOf, statusOf } from '../pool/describe-slot.ts'
import { refused, turnFailed } from '../pool/explain-pool.ts'
import type { Destination, PromptOptions, Refusal } from '../pool/dispatcher.ts'
import { InstanceSet } from '../pool/instance-set.ts'
import type { PoolEvent } from '../pool/pool-event.ts'
import type { PoolPorts } from '../pool/pool-options.ts'
import type { ClusterStats, InstanceHealth, InstanceStatus } from '../pool/pool-status.ts'
import { type Router, routerFor } from '../pool/routing.ts'
import type { WaitingTurn } from '../pool/waiting-turn.ts'
import { quantileOf } from '../slot/latency.ts'
import type { ClusterOptions } from './cluster-options.ts'
import { type MappedTurn, mapPrompts, type MapOptions } from './map-prompts.ts'

/** An answer that `readAny` found. */
export interface Answer {
  /** Index of the instance that answered. */
  readonly index: number
  /** Undefined where the prompt failed; `settled` says why. */
  readonly text: string | undefined
  readonly settled: SettledTurn
}

/**
 * Several instances of a tool behind one door: prompts are routed, what crashes is started again, and nothing is
 * left when it is closed. `launchCluster` makes one.
 */
export class ClusterManager {
  /** What happens to the instances. */
  readonly events: EventFeed<PoolEvent>
  readonly #set: InstanceSet
  readonly #router: Router
  readonly #answers: AnswerQueue<Answer>
  readonly #unread: number[]
  #owed = 0

  /** For `launchCluster`. */
  constructor(adapter: ToolAdapter, options: ClusterOptions, ports: PoolPorts) {
    const { count, routing, ...settings } = options
    this.#set = new InstanceSet(adapter, count, settings, ports)
    this.#router = routerFor(routing)
    this.events = this.#set.events
    this.#answers = new AnswerQueue(this.#set.clock)
    this.#unread = this.#set.slots.map(() => 0)
  }

  /** The tool's name. */
  get tool(): string {
    return this.#set.adapter.tool
  }

  /** How many instances there are. */
  get count(): number {
    return this.#set.slots.length
  }

  /** For `launchCluster`: starts all instances. */
  start(): Promise<void> {
    return this.#set.start()
  }

  /** Sends a prompt to the instance that routing chooses; its index, or undefined where none takes it. */
  send(prompt: string, options: PromptOptions = {}): number | undefined {
    return this.#send(prompt, options, { router: this.#router })
  }

  /** Sends a prompt to one instance; false when that is dead, closing, or has as many prompts as it may. */
  sendTo(index: number, prompt: string, options: PromptOptions = {}): boolean {
    return this.#send(prompt, options, { index }) !== undefined
  }

  /** The next answer of any instance to what was sent; undefined when none came within this time. */
  async readAny(timeoutMs: number): Promise<Answer | undefined> {
    const answer = await this.#answers.take(timeoutMs)
    if (answer === undefined) return undefined
    this.#owed -= 1
    this.#unread[answer.index] = (this.#unread[answer.index] ?? 1) - 1
    return answer
  }

  /**
   * Asks the tool; resolves to what it answered.
   *
   * It settles when the turn is over, so that whoever goes on meets no process that still works: after an abort
   * that is when the tool has stopped, or was ended.
   * @throws the signal's reason; `WS_TURN_FAILED` with the failure in `details.failure`; `WS_POOL_FULL`,
   * `WS_POOL_DOWN`, `WS_POOL_CLOSED`.
   */
  async prompt(text: string, options: PromptOptions = {}): Promise<Turn> {
    const settled = await this.promptSettled(text, options)
    if (settled.isDone) return settled.turn
    options.signal?.throwIfAborted()
    if (this.#set.isClosing) throw this.#refused('closing')
    throw turnFailed(this.tool, settled.failure)
  }

  /** The same where a failure is a value: of the tool, of time, or of its owner's mind. @throws as `prompt`, where it was not taken. */
  promptSettled(text: string, options: PromptOptions = {}): Promise<SettledTurn> {
    return this.#ask(text, options, { router: this.#router })
  }

  /**
   * Asks one prompt for each item and yields how each ended, as they end or, with `ordered`, in the order of the
   * items. A failure stops nothing. Items are taken as instances become free, so what is unread does not pile up.
   *
   * @example
   * for await (const { item, settled } of cluster.map(files, (file) => `Review ${file}`))
   *   console.log(item, settled.isDone ? settled.turn.text : settled.failure.reason)
   */
  map<Item>(
    items: Iterable<Item> | AsyncIterable<Item>,
    toPrompt: (item: Item) => string | (PromptOptions & { readonly text: string }),
    options: MapOptions = {},
  ): AsyncGenerator<MappedTurn<Item>, void, undefined> {
    // Whoever is free first: a batch waits for its last item, not for whose turn it is.
    return mapPrompts(items, toPrompt, options, {
      room: this.#set.slots.reduce((room, { place }) => room + 2 * place.capacity, 0),
      ask: (text, promptOptions) => this.#ask(text, promptOptions, 'any'),
    })
  }

  /** Resolves when nothing waits and nothing runs. */
  drain(): Promise<void> {
    return this.#set.dispatcher.drain()
  }

  /** What is to be known of every instance now. */
  getStatus(): readonly InstanceStatus[] {
    return this.#set.slots.map((slot) => statusOf(this.#set, slot, this.#unread[slot.index] ?? 0))
  }

  /** The same with usage and latencies, and all of it together. Usage is that of the last look. */
  stats(): ClusterStats {
    const { slots, dispatcher, isOneShot } = this.#set
    const instances = slots.map((slot) => statsOf(this.#set, slot, this.#unread[slot.index] ?? 0))
    const latencies = slots.map(({ latency }) => latency)
    const quantile = (share: number) => quantileOf(latencies, share) ?? null
    const sum = (of: (stats: (typeof instances)[number]) => number) =>
      instances.reduce((total, each) => total + of(each), 0)
    return {
      tool: this.tool,
      count: this.count,
      execution: isOneShot ? 'one-shot' : 'pooled',
      alive: sum(({ alive }) => Number(alive)),
      busy: sum(({ busy }) => Number(busy)),
      queued: dispatcher.queue.size,
      turns: sum(({ turns }) => turns),
      failures: sum(({ failures }) => failures),
      restarts: sum(({ restarts }) => restarts),
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      instances,
    }
  }

  /** Looks at every instance: whether it is alive and takes prompts, what it uses, whether it is to be replaced. */
  async checkHealth(): Promise<readonly InstanceHealth[]> {
    await this.#set.look()
    return this.#set.slots.map((slot) => healthOf(this.#set, slot))
  }

  /** Puts a new process in the place of an instance, whatever that is doing; resolves to whether it takes prompts. */
  async restartInstance(index: number): Promise<boolean> {
    if (this.#set.isClosing) throw this.#refused('closing')
    return (await this.#set.slots[index]?.restart())?.isReady ?? false
  }

  /**
   * Ends everything within about `timeoutMs`: turns are asked to stop, then inputs end, then SIGTERM, then SIGKILL.
   * With `force` nothing is asked. Prompts that wait reject. Calling it again is no error.
   */
  close({ force = false, timeoutMs = 5_000 }: CloseOptions = {}): Promise<void> {
    return this.#set.close(timeoutMs, { force })
  }

  /** The same as `close`, by the name that pools have for it. */
  shutdown(timeoutMs = 5_000): Promise<void> {
    return this.close({ timeoutMs })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #send(prompt: string, options: PromptOptions, destination: Destination): number | undefined {
    // What is unread counts: answers that nobody fetches must not pile up.
    if (this.#owed >= this.#set.settings.maxQueued * this.count) return undefined
    const turn = this.#set.dispatcher.submit(prompt, options, destination)
    if (typeof turn === 'string') return undefined
    this.#owed += 1
    const chosen = turn.boundTo ?? 0
    void turn.settled.then((settled) => {
      const index = settled.turn?.instance ?? turn.boundTo ?? chosen
      this.#unread[index] = (this.#unread[index] ?? 0) + 1
      this.#answers.put({ index, text: settled.isDone ? settled.turn.text : undefined, settled })
    })
    return chosen
  }

  #ask(text: string, options: PromptOptions, destination: Destination): Promise<SettledTurn> {
    let turn: WaitingTurn | Refusal
    try {
      turn = this.#set.dispatcher.submit(text, options, destination)
    } catch (error) {
      return Promise.reject(error)
    }
    return typeof turn === 'string' ? Promise.reject(this.#refused(turn)) : turn.settled
  }

  #refused(refusal: 'closing' | 'full' | 'dead'): Error {
    return refused(this.tool, refusal, this.#set.slots, this.#set.clock)
  }
}

/** How a cluster is closed. */
export interface CloseOptions {
  /** @default false */
  readonly force?: boolean
  /** @default 5000 */
  readonly timeoutMs?: number
}
