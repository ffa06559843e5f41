import { type Clock, type CommandAnswer, isWsError, type Journal, WsError } from '@ws/core'
import { readEvents, type RegisteredWorkstream, recordsOf, RegistryWriter } from '@ws/store/records'
import * as z from 'zod'

/** What somebody says of registered workstreams. Said twice with the same `commandId`, it is done once. */
export const RegistryChange = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('add'),
    commandId: z.string(),
    slug: z.string(),
    plan: z.looseObject({}),
    isWhole: z.boolean(),
  }),
  z.looseObject({ kind: z.literal('discard'), commandId: z.string(), slug: z.string() }),
])
/** What somebody says of registered workstreams. */
export type RegistryChange = z.output<typeof RegistryChange>

/** The workstreams that a log knows somebody made for later. */
export async function readRegistered(
  journal: Pick<Journal, 'read'>,
): Promise<readonly RegisteredWorkstream[]> {
  return (await recordsOf(readEvents(journal))).registered
}

/** Writes what is said of registered workstreams, one change after another; only who leads has one. */
export class Registry {
  readonly #journal: Journal
  readonly #writer: RegistryWriter
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: { readonly journal: Journal; readonly epoch: number; readonly clock: Clock }) {
    this.#journal = options.journal
    this.#writer = new RegistryWriter(options)
  }

  change(change: RegistryChange): Promise<CommandAnswer> {
    const done = this.#last.then(() => this.#change(change))
    this.#last = done.catch(() => {})
    return done
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    await this.#last
  }

  async #change(change: RegistryChange): Promise<CommandAnswer> {
    try {
      if (change.kind === 'add') await this.#add(change)
      else await this.#discard(change)
      return { ok: true }
    } catch (error) {
      if (!isWsError(error) || !refusals.has(error.code)) throw error
      const { code, message, hint } = error
      return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) }
    }
  }

  async #add({ commandId, slug, plan, isWhole }: RegistryChange & { kind: 'add' }): Promise<void> {
    const metadata = { slug, plan, isWhole, commandId }
    await this.#writer
      .create({ name: slug, metadata }, async () => {
        const active = await this.#find(slug)
        if (active?.['commandId'] === commandId) throw new Repeated()
        if (active?.isActive === true)
          throw new WsError(
            'WS_SLUG_TAKEN',
            `there is a workstream "${slug}" already: it is ${active.status}`,
            {
              hint: `run it, or give it up first: ws discard ${slug}`,
            },
          )
      })
      .catch(passOver)
  }

  async #discard({ slug }: RegistryChange & { kind: 'discard' }): Promise<void> {
    const found = await this.#find(slug)
    if (found === undefined)
      throw new WsError('WS_SLUG_UNKNOWN', `no workstream is called "${slug}"`, { hint: 'see ws list' })
    if (found.status === 'CANCELLED') return
    if (found.status !== 'PENDING')
      throw new WsError('WS_WORKSTREAM_BEGUN', `"${slug}" is ${found.status} in run ${found.runId ?? '?'}`, {
        hint: 'discard it in its run',
      })
    await this.#writer.update({
      id: found.id,
      status: 'CANCELLED',
      metadata: { reason: 'discarded' },
      isOwn: true,
    })
  }

  /** The newest one of a name. */
  async #find(slug: string): Promise<RegisteredWorkstream | undefined> {
    return (await readRegistered(this.#journal)).findLast((each) => each.slug === slug)
  }
}

const refusals = new Set(['WS_SLUG_TAKEN', 'WS_SLUG_UNKNOWN', 'WS_WORKSTREAM_BEGUN'])

/** It was written before, and the answer was lost. */
class Repeated extends Error {}

function passOver(error: unknown): void {
  if (!(error instanceof Repeated)) throw error
}
