/**
 * Misuse, a broken environment or a bug. What may well happen while working (a failed check, a spent
 * budget, a blocked claim) is a value of type `Failure` instead, never a throw.
 */
export interface WsErrorOptions {
  /** Facts about the error, as JSON, so that it survives a database. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The next move, in the imperative: "add …", "run …". */
  readonly hint?: string
  readonly cause?: unknown
}

/** An error of ours, recognised by its stable `code` (never by `instanceof`: copies of a package may coexist). */
export class WsError extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly hint: string | undefined

  constructor(code: string, message: string, options: WsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WsError'
    this.code = code
    this.details = options.details ?? {}
    this.hint = options.hint
  }

  /** The form that crosses a socket or rests in a database. */
  toJSON(): WsErrorJson {
    return {
      name: 'WsError',
      code: this.code,
      message: this.message,
      details: this.details,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    }
  }
}

/** What `WsError.toJSON` writes. */
export interface WsErrorJson {
  readonly name: 'WsError'
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly hint?: string
}

/** Whether a thrown value is an error of ours, with that code where one is given. */
export function isWsError(value: unknown, code?: string): value is WsError {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('details' in value)) return false
  return (
    typeof value.code === 'string' &&
    value.code.startsWith('WS_') &&
    (code === undefined || value.code === code)
  )
}
