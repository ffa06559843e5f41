import { WsError } from '@ws/core'
import type { Leadership, Repository } from '@ws/git'

/**
 * Leads a repository while something is changed that a run may be working with.
 * @throws `WS_LEADER_ELSEWHERE` where another process does
 */
export async function whileLeading<T>(
  repository: Repository,
  what: string,
  body: (leadership: Leadership) => Promise<T>,
): Promise<T> {
  const answer = await repository.lead({ what })
  if (!answer.isLeader) {
    const pid = answer.leader?.pid
    throw new WsError(
      'WS_LEADER_ELSEWHERE',
      `another process leads this repository${pid === undefined ? '' : `: process ${pid}`}`,
      { hint: 'wait until it has ended' },
    )
  }
  try {
    return await body(answer.leadership)
  } finally {
    await answer.leadership.close()
  }
}
