import type { Reply, Request } from './wire.ts'

interface Open {
  readonly request: Request
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** What a guest has asked and got no answer to: it is asked again of whoever leads next. */
export class Questions {
  readonly #open = new Map<number, Open>()
  #lastId = 0

  /** `say` is told the question's number at once. */
  ask(request: Request, say: (id: number, request: Request) => void): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#open.set(id, { request, resolve, reject })
      say(id, request)
    })
  }

  answer(id: number, reply: Reply): void {
    this.#open.get(id)?.resolve(reply)
    this.#open.delete(id)
  }

  repeat(say: (id: number, request: Request) => void): void {
    for (const [id, { request }] of [...this.#open]) say(id, request)
  }

  /** This process leads now: it answers by itself. */
  settle(handle: (request: Request) => Promise<Reply>): void {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const { request, resolve, reject } of open) handle(request).then(resolve, reject)
  }

  fail(error: unknown): void {
    for (const { reject } of this.#open.values()) reject(error)
    this.#open.clear()
  }
}
