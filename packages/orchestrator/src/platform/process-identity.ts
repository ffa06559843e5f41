import { ownProcesses } from '@ws/pool'
import * as z from 'zod'
import { freshName } from './surroundings.ts'

/** One process of one machine, told from a later one that got its number, and one member of those in it. */
export const ProcessIdentity = z.looseObject({
  pid: z.int(),
  start: z.string(),
  host: z.string(),
  boot: z.string(),
  space: z.string(),
  member: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** A new member of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const processes = ownProcesses()
  const self = await processes.find(process.pid)
  const { host, boot, space } = processes.scope
  return { pid: process.pid, start: self?.start ?? '-', host, boot, space, member: freshName() }
}

/** Whether a process is gone for certain: of another machine, or seen from another namespace, nobody knows. */
export async function isGone(identity: ProcessIdentity): Promise<boolean> {
  const processes = ownProcesses()
  const { host, boot, space } = processes.scope
  if (identity.host !== host) return false
  if (identity.boot !== boot) return true
  return identity.space === space && (await processes.find(identity.pid))?.start !== identity.start
}

export function isSameMember(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return (
    a.pid === b.pid &&
    a.start === b.start &&
    a.boot === b.boot &&
    a.space === b.space &&
    a.member === b.member
  )
}
