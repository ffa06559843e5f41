import { createHash } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { isPortFree } from '../platform/probe-port.ts'
import { freshName } from '../platform/surroundings.ts'
import type { Repository } from '../repository/repository.ts'

/** The ports to choose from, both ends included. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

// Below the range from which systems hand out ports to clients (32768 on Linux, 49152 elsewhere).
const defaultRange: PortRange = { from: 20_000, to: 29_999 }

/**
 * Gives a slot a port for each name: leased among the slots of this repository, and probed, because others live
 * on this machine, too. What the slot has under a name it keeps until it is released.
 * @throws `WS_GIT_NO_PORT`
 */
export async function leasePorts(
  repository: Repository,
  slotId: string,
  names: readonly string[],
  range: PortRange = defaultRange,
): Promise<Record<string, number>> {
  const folder = portsFolder(repository)
  await mkdir(folder, { recursive: true })
  const leases = await readLeases(folder)
  const taken = new Set(leases.map(({ port }) => port))
  const leased: Record<string, number> = {}
  for (const name of names) {
    const own = leases.find((lease) => lease.slotId === slotId && lease.name === name)
    leased[name] = own?.port ?? (await leasePort(folder, { slotId, name }, { range, taken }))
  }
  return leased
}

/** Without a lock: of those who want the same port, one makes the file. */
async function leasePort(
  folder: string,
  { slotId, name }: { readonly slotId: string; readonly name: string },
  { range, taken }: { readonly range: PortRange; readonly taken: Set<number> },
): Promise<number> {
  const written = join(folder, `.${freshName()}`)
  try {
    for (;;) {
      // Each time: whoever clears up after others may have taken it for one of theirs.
      await writeFile(written, `${slotId}\n${name}`)
      const port = await findPort(`${slotId} ${name}`, range, taken)
      taken.add(port)
      // With its content or not at all: an empty one would be nobody's.
      if (await isLinked(written, join(folder, String(port)))) return port
    }
  } finally {
    await rm(written, { force: true })
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' || code === 'ENOENT') return false
    throw error
  }
}

/** Gives every port of a slot back. */
export async function releasePorts(repository: Repository, slotId: string): Promise<void> {
  await dropLeases(repository, (lease) => lease.slotId === slotId)
}

/** Gives back the ports of slots that are gone: whoever held them did not come to that. */
export async function releasePortsBut(repository: Repository, slotIds: ReadonlySet<string>): Promise<void> {
  await dropLeases(repository, (lease) => !slotIds.has(lease.slotId))
  const folder = portsFolder(repository)
  const unfinished = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('.'))
  for (const name of unfinished) await rm(join(folder, name), { force: true })
}

interface PortLease {
  readonly port: number
  readonly slotId: string
  readonly name: string | undefined
}

function portsFolder({ facts }: Repository): string {
  return join(facts.wsDir, 'ports')
}

async function dropLeases(repository: Repository, isOver: (lease: PortLease) => boolean): Promise<void> {
  const folder = portsFolder(repository)
  if (!(await readLeases(folder)).some(isOver)) return
  await repository.exclusively(async () => {
    for (const lease of await readLeases(folder))
      if (isOver(lease)) await rm(join(folder, String(lease.port)), { force: true })
  })
}

async function readLeases(folder: string): Promise<PortLease[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'))
  const leases = names.map(async (port): Promise<PortLease[]> => {
    const content = await readFile(join(folder, port), 'utf8').catch(() => undefined)
    const [slotId, name] = content?.split('\n') ?? []
    return slotId === undefined ? [] : [{ port: Number(port), slotId, name }]
  })
  return (await Promise.all(leases)).flat()
}

async function findPort(seed: string, { from, to }: PortRange, taken: ReadonlySet<number>): Promise<number> {
  const count = to - from + 1
  const start = createHash('sha256').update(seed).digest().readUInt32BE() % count
  for (let i = 0; i < count; i++) {
    const port = from + ((start + i) % count)
    if (!taken.has(port) && (await isPortFree(port))) return port
  }
  throw new WsError('WS_GIT_NO_PORT', `no port from ${from} to ${to} is free`, {
    details: { from, to },
    hint: 'give a larger range, or remove slots that are no longer used',
  })
}
