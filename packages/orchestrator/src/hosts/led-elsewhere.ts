import { WsError } from '@ws/core'
import type { LeaderInfo } from '@ws/git'

/** Another process leads, and is not joined: it lets nobody, or does not answer. */
export function ledElsewhere(leader: LeaderInfo | undefined, more?: string): WsError {
  const who =
    leader === undefined ? '' : `: process ${leader.pid}${more === undefined ? '' : `, which ${more}`}`
  return new WsError('WS_LEADER_ELSEWHERE', `another process leads this repository${who}`, {
    details: { pid: leader?.pid, since: leader?.since },
    hint: 'wait until it has ended, or ask it',
  })
}
