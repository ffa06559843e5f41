import { WsError } from '@ws/core'

/** A command that was not understood. */
export function usageError(message: string, hint: string): WsError {
  return new WsError('WS_CLI_USAGE', message, { hint })
}
