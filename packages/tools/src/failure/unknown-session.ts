import type { Failure } from '@ws/core'

/** What tools and agents say of a session that they are to take up and do not have. */
const common =
  /no (saved |previous )?(session|conversation|rollout|thread)s? (was |were )?found|(session|conversation|thread)\b.{0,80}\bnot found|not found: .{0,20}session/i

/** Whether a failure to take up a session says that there is no such session; `own` is what the tool says besides. */
export function saysSessionUnknown(failure: Failure, own: string | undefined): boolean {
  const said = wordsOf(failure)
  return said !== undefined && (common.test(said) || (own !== undefined && new RegExp(own, 'i').test(said)))
}

function wordsOf(failure: Failure): string | undefined {
  if ('detail' in failure) return failure.detail
  return 'tail' in failure ? failure.tail : undefined
}
