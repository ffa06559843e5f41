import type { Clock } from '@ws/core'
import type { Leadership } from '@ws/git'
import type { ProcessIdentity } from '../platform/process-identity.ts'
import type { HostRecords } from './host-records.ts'
import { HostRegistry } from './host-registry.ts'
import { LeaderDoor } from './leader-door.ts'
import { Leading, type LeadingParts } from './leading.ts'
import type { OwnAttempts } from './own-attempts.ts'
import type { OwnMachine } from './seat.ts'

/** What is opened when this process got the lock. */
export interface LeadOptions {
  readonly leadership: Leadership
  /** Where others may join; nowhere without it. */
  readonly place: { readonly socket: string; readonly key: string } | undefined
  readonly machine: OwnMachine
  readonly clock: Clock
  readonly records: HostRecords
  readonly self: ProcessIdentity
  readonly own: Set<string>
  readonly attempts: OwnAttempts
  readonly open: () => Promise<LeadingParts>
  readonly seqOf: () => number
}

/** Who leads, the door to it, and how all of that ends: the lock is the last to go. */
export interface Lead {
  readonly leading: Leading
  readonly door: LeaderDoor | undefined
  readonly leave: () => Promise<void>
}

/** Opens the door, so that who comes may wait, and then the log; nobody is answered, and nothing acts yet. */
export async function openLead(options: LeadOptions): Promise<Lead> {
  const { leadership, place, machine, clock, records, self, own, attempts, open, seqOf } = options
  let door: LeaderDoor | undefined
  let parts: LeadingParts
  try {
    if (place !== undefined) door = await LeaderDoor.open({ ...place, machineVersion: machine.version })
    parts = await open()
  } catch (error) {
    await door?.close()
    await leadership.close()
    throw error
  }
  const registry = new HostRegistry({ host: parts.host, own: attempts, self, records, clock }, own)
  const { epoch } = leadership
  return {
    leading: new Leading({ epoch, parts, registry, machine, seqOf }),
    door,
    leave: async () => {
      door?.shut()
      await registry.close()
      await parts.close()
      await door?.close()
      await leadership.close()
    },
  }
}
