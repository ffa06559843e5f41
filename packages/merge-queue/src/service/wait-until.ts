import { type Host, WsError } from '@ws/core'
import { isLive } from '../queue/entry-order.ts'
import type { QueueEffect } from '../queue/queue-effect.ts'
import type { QueueEvent } from '../queue/queue-event.ts'
import type { QueueInput } from '../queue/queue-input.ts'
import type { QueueState } from '../queue/queue-state.ts'
import type { QueueDriver } from './queue-driver.ts'

/** The host of a queue. */
export type QueueHost = Host<QueueState, QueueInput, QueueEvent, QueueEffect>

/** Who decides and who acts: together they know whether anything will still happen. */
export interface Living {
  readonly host: QueueHost
  readonly driver: QueueDriver
}

/** Whether something may still become of an entry without a person. */
export function isOpen({ entries, escalations, diagnoses }: QueueState, id: string): boolean {
  const entry = entries.get(id)
  return entry !== undefined && (isLive(entry) || escalations.has(id) || diagnoses.has(id))
}

/** Whether nothing goes on, and nothing will by itself. */
export function isQuiet({ driver, host }: Living): boolean {
  const { isPaused, targets } = host.state
  if (driver.isBusy || driver.isLooking) return false
  if (isPaused) return true
  for (const { troubles } of targets.values())
    for (const { retryAt } of troubles.values()) if (retryAt !== undefined) return false
  return true
}

/**
 * Resolves when a claim holds after a whole step.
 * @throws the signal's reason, `WS_QUEUE_CLOSED`, or what ended the host
 */
export async function waitUntil(
  { host, driver }: Living,
  isTrue: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  let wake = () => {}
  const onWake = () => wake()
  const stops = [host.events.on('*', onWake), driver.onEnd(onWake)]
  signal?.addEventListener('abort', onWake, { once: true })
  let end: Error | undefined
  const onEnd = (error: Error) => {
    end = error
    wake()
  }
  host.ended.then(
    () => onEnd(new WsError('WS_QUEUE_CLOSED', 'the queue was closed', { hint: 'open it again' })),
    (error: unknown) => onEnd(error instanceof Error ? error : new Error('the host ended')),
  )
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve))
      await host.idle()
      signal?.throwIfAborted()
      if (end !== undefined) throw end
      if (isTrue()) return
      await woken
    }
  } finally {
    for (const stop of stops) stop()
    signal?.removeEventListener('abort', onWake)
  }
}
