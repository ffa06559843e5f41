import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { isPortFree } from '../platform/probe-port.ts'
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
 * on this machine, too. The search begins at a place that follows from slot and name, so a slot tends to get the
 * same ports again.
 * @throws `WS_GIT_NO_PORT`
 */
export async function leasePorts(
  repository: Repository,
  slotId: string,
  names: readonly string[],
  range: PortRange = defaultRange,
): Promise<Record<string, number>> {
  const folder = join(repository.facts.wsDir, 'ports')
  await mkdir(folder, { recursive: true })
  return repository.exclusively(async () => {
    const taken = new Set((await readdir(folder)).map(Number))
    const leased: Record<string, number> = {}
    for (const name of names) {
      const port = await findPort(`${slotId} ${name}`, range, taken)
      await writeFile(join(folder, String(port)), slotId, { flag: 'wx' })
      taken.add(port)
      leased[name] = port
    }
    return leased
  })
}

/** Gives every port of a slot back. */
export async function releasePorts(repository: Repository, slotId: string): Promise<void> {
  const folder = join(repository.facts.wsDir, 'ports')
  await repository.exclusively(async () => {
    for (const name of await readdir(folder).catch(() => []))
      if ((await readFile(join(folder, name), 'utf8')) === slotId) await rm(join(folder, name))
  })
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
