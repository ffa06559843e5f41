import { WsError } from '@ws/core'

/** Something that people wrote cannot be used as it stands. */
export function invalidError(problems: string, hint: string): WsError {
  return new WsError('WS_CLI_INVALID', problems, { hint })
}
