import { isWsError, WsError } from '@ws/core'
import { Worker } from 'node:worker_threads'
import type { FaultData } from './log/fault.ts'
import type { Answer, Operations, RestoredLog, WorkerOptions } from './worker-protocol.ts'

/** The worker answers each operation with that operation's own value, which no type can follow through a message. */
interface Waiting {
  readonly op: keyof Operations | 'open'
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** Asks the worker and waits for its answers; whoever waits when the worker dies is told so. */
export class WorkerClient {
  readonly #worker: Worker
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #lastId = 0
  #gone: WsError | undefined

  private constructor(options: WorkerOptions) {
    this.#path = options.path
    // Beside this file, of the same kind: source or built. No flags of the process are handed on: some are refused in a worker.
    const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const url = new URL(`./worker.${suffix}`, import.meta.url)
    this.#worker = new Worker(url, { workerData: options, execArgv: [], name: 'ws-journal' })
    this.#worker.on('message', (answer: Answer<never>) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#lose(error))
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#lose(undefined)
        resolve()
      })
    })
  }

  static async start(options: WorkerOptions): Promise<WorkerClient> {
    const client = new WorkerClient(options)
    try {
      await new Promise((resolve, reject) => client.#waiting.set(0, { op: 'open', resolve, reject }))
      return client
    } catch (error) {
      await client.#worker.terminate()
      throw error
    }
  }

  /** Starts a thread for one task and waits for its end. */
  static async run(options: WorkerOptions): Promise<RestoredLog> {
    const client = new WorkerClient(options)
    try {
      return await new Promise((resolve, reject) => client.#waiting.set(0, { op: 'open', resolve, reject }))
    } finally {
      await client.#exited
    }
  }

  ask<Op extends keyof Operations>(op: Op, args: Operations[Op]['args']): Promise<Operations[Op]['value']> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone)
    const id = (this.#lastId += 1)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { op, resolve, reject })
      this.#worker.postMessage({ id, op, args })
    })
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    try {
      await this.ask('close', undefined)
    } catch (error) {
      if (!isWsError(error, 'WS_STORE_WORKER_GONE')) throw error
    } finally {
      await this.#exited
    }
  }

  #settle(answer: Answer<never>): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.ok) waiting?.resolve(answer.value)
    else waiting?.reject(fromFault(answer.fault))
  }

  #lose(cause: unknown): void {
    const details = { path: this.#path }
    const message = `the thread of the journal ${this.#path} has ended`
    this.#gone ??= new WsError('WS_STORE_WORKER_GONE', message, {
      details,
      cause,
      hint: 'open the journal again',
    })
    for (const { op, reject } of this.#waiting.values()) {
      // A thread that dies may have committed before it could say so.
      const isWrite = op === 'append' || op === 'lead'
      reject(
        isWrite
          ? new WsError('WS_JOURNAL_UNKNOWN', `whether the step was written is not known: ${message}`, {
              details,
              cause,
            })
          : this.#gone,
      )
    }
    this.#waiting.clear()
  }
}

function fromFault({ code, message, details, hint }: FaultData): WsError {
  return new WsError(code, message, hint === undefined ? { details } : { details, hint })
}
