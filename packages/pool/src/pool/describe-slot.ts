import type { InstanceState } from '../instance/instance-state.ts'
import { processKey } from '../slot/process-key.ts'
import type { Slot } from '../slot/slot.ts'
import type { InstanceSet } from './instance-set.ts'
import type { InstanceHealth, InstanceStats, InstanceStatus } from './pool-status.ts'

/** What is to be known of an instance now. */
export function statusOf(set: InstanceSet, slot: Slot, unread: number): InstanceStatus {
  const { adapter, settings, clock, isOneShot } = set
  const { instance, condition, brokenUntil } = slot.place
  const alive = condition === 'up' && (isOneShot || (instance !== undefined && instance.returnCode === null))
  const cwd = instance?.cwd ?? settings.cwd ?? process.cwd()
  return {
    index: slot.index,
    toolId: adapter.tool,
    alive,
    returnCode: alive ? null : (instance?.returnCode ?? slot.place.returnCode),
    state: stateOf(slot, isOneShot),
    busy: slot.inFlight > 0,
    turns: slot.turns,
    failures: slot.failures,
    restarts: slot.restarts,
    pid: instance?.pid ?? null,
    inFlight: slot.inFlight,
    queued: set.dispatcher.queue.boundTo(slot.index),
    unread,
    cwd,
    uptimeMs: instance === undefined ? null : clock.monotonic() - instance.startedAt,
    breakerOpenMs: brokenUntil === undefined ? null : Math.max(0, brokenUntil - clock.monotonic()),
    lastProblem: slot.lastProblem ?? null,
    processKey: processKey({
      tool: adapter.tool,
      model: settings.model,
      permission: settings.permission,
      cwd: adapter.traits.directory === 'process' ? cwd : undefined,
      env: settings.env,
      settings: settings.settings,
      sandbox: set.sandboxName,
    }),
  }
}

/** The same with what it uses and how long its turns take. */
export function statsOf(set: InstanceSet, slot: Slot, unread: number): InstanceStats {
  const { usage } = slot
  return {
    ...statusOf(set, slot, unread),
    cpuMs: usage?.cpuMs ?? null,
    rssBytes: usage?.rssBytes ?? null,
    p50Ms: slot.latency.quantile(0.5) ?? null,
    p95Ms: slot.latency.quantile(0.95) ?? null,
  }
}

/** What a look at an instance says of its health. */
export function healthOf(set: InstanceSet, slot: Slot): InstanceHealth {
  const { index, alive, state, lastProblem, breakerOpenMs } = statusOf(set, slot, 0)
  const isReady = state === 'ready' || state === 'busy'
  const { isUnsure } = slot
  const after = lastProblem === null ? '' : `: it ${lastProblem}`
  if (isReady && !isUnsure)
    return { index, health: 'healthy', isAlive: alive, isReady, detail: `it is ${state}` }
  if (isReady)
    return { index, health: 'degraded', isAlive: alive, isReady, detail: `its last turn failed${after}` }
  const what =
    breakerOpenMs === null ? `it is ${state}` : 'it crashed too often and is left alone for a while'
  const health = state === 'spawning' ? 'degraded' : 'unhealthy'
  return { index, health, isAlive: alive, isReady, detail: `${what}${after}` }
}

function stateOf(slot: Slot, isOneShot: boolean): InstanceState {
  switch (slot.condition) {
    case 'new':
    case 'broken':
    case 'down':
    case 'closed':
      return 'dead'
    case 'coming':
      return slot.place.isStarting ? 'spawning' : 'dead'
    case 'up':
      if (isOneShot) return slot.inFlight > 0 ? 'busy' : 'ready'
      return slot.place.instance?.state ?? 'dead'
  }
}
