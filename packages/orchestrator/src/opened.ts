/** What was opened, closed in the opposite order; one failure does not keep the rest open. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = []
  #closing: Promise<void> | undefined

  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(async () => resource[Symbol.asyncDispose]())
    return resource
  }

  defer(close: () => Promise<unknown>): void {
    this.#closers.unshift(close)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const errors: unknown[] = []
    for (const close of this.#closers) await close().catch((error: unknown) => errors.push(error))
    if (errors.length > 1) throw new AggregateError(errors, 'closing failed')
    if (errors.length === 1) throw errors[0]
  }
}
