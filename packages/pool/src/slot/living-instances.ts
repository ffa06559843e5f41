import type { Readiness } from '@ws/tools'
import type { Instance } from '../instance/instance.ts'
import type { PoolEvent } from '../pool/pool-event.ts'
import type { EndTimes } from '../process/tool-process.ts'
import { type SpawnContext, spawnInstance, type SpawnRequest } from './spawn-instance.ts'

/** A process that was started, and whether it takes prompts. */
export interface Started {
  readonly instance: Instance
  readonly readiness: Readiness
}

/**
 * Every process of a slot that is not proven gone: the one in its place, the next one, those on their way out, and
 * starts that are under way. Whoever closes the slot ends all of them here, and finds none later.
 */
export class LivingInstances {
  readonly #context: SpawnContext
  readonly #emit: (event: PoolEvent) => void
  readonly #living = new Set<Instance>()
  readonly #starts = new Set<Promise<unknown>>()
  #ending: { readonly times: EndTimes; readonly force: boolean } | undefined

  constructor(context: SpawnContext, emit: (event: PoolEvent) => void) {
    this.#context = context
    this.#emit = emit
  }

  /** Starts one and waits until it takes prompts or never will. @throws what `spawnInstance` throws. */
  start(request: SpawnRequest, before?: Promise<unknown>): Promise<Started> {
    const start = this.#start(request, before)
    const settled = start.then(
      () => {},
      () => {},
    )
    this.#starts.add(settled)
    void settled.then(() => this.#starts.delete(settled))
    return start
  }

  /** Resolves when no start is under way. */
  async settled(): Promise<void> {
    while (this.#starts.size > 0) await Promise.all(this.#starts)
  }

  /** Ends all of them, those too whose start is under way; resolves when they are gone. */
  async endAll(times: EndTimes, force: boolean): Promise<void> {
    this.#ending = { times, force }
    for (const instance of this.#living) this.#end(instance, this.#ending)
    while (this.#starts.size + this.#living.size > 0)
      await Promise.all([...this.#starts, ...[...this.#living].map(({ gone }) => gone)])
  }

  async #start(request: SpawnRequest, before: Promise<unknown> | undefined): Promise<Started> {
    if (before !== undefined) await before
    const instance = await spawnInstance(request, this.#context)
    this.#living.add(instance)
    void instance.gone.then(() => this.#living.delete(instance))
    this.#emit({ type: 'instance.started', index: request.index, pid: instance.pid })
    if (this.#ending !== undefined) this.#end(instance, this.#ending)
    return { instance, readiness: await instance.ready }
  }

  #end(instance: Instance, { times, force }: { readonly times: EndTimes; readonly force: boolean }): void {
    void instance.end({ cause: 'closed' }, times, { force })
  }
}
