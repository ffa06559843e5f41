import { WsError } from '@ws/core'
import type { Connection, Readiness, SessionOptions, ToolSession } from '../adapter/tool-adapter.ts'
import type { ProtocolSetting } from './protocol.ts'

/** The session of a process that has one, open from the start. */
export interface OnlySession extends ToolSession {
  readonly ready: Promise<Readiness>
}

/** A connection to a process with one session: its directory and its session were fixed when it started. */
export function onlySession(session: OnlySession, { tool, request }: ProtocolSetting): Connection {
  function check({ cwd, sessionId }: SessionOptions): void {
    if (cwd === request.cwd && (sessionId === undefined || sessionId === request.sessionId)) return
    throw new WsError(
      'WS_TOOL_SESSION',
      `this process of "${tool}" works in "${request.cwd}", in one session`,
      {
        details: { tool, cwd, ...(sessionId === undefined ? {} : { sessionId }) },
        hint: 'start a process with that directory and that session',
      },
    )
  }
  return {
    ready: session.ready,
    async openSession(options) {
      check(options)
      const readiness = await session.ready
      return readiness.isReady ? { isOpen: true, session } : { isOpen: false, failure: readiness.failure }
    },
    close() {
      void session.close()
    },
  }
}
