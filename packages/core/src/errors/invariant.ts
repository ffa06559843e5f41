import { WsError } from './ws-error.ts'

/**
 * Marks what cannot happen. A failure here is a bug of ours, so it says which promise broke.
 * @throws `WS_INVARIANT` with the name of the promise in `details.invariant`.
 */
export function invariant(
  condition: unknown,
  name: string,
  details: Readonly<Record<string, unknown>> = {},
): asserts condition {
  if (condition) return
  throw new WsError('WS_INVARIANT', `a promise of ours broke: ${name}`, {
    details: { invariant: name, ...details },
    hint: 'this is a bug in @ws: please report it with the details',
  })
}
