import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freshName } from '../platform/surroundings.ts'
import { isGone, isSameMember, ProcessIdentity } from '../platform/process-identity.ts'

/** Which process each host is, on disk: whoever leads next can tell the living from the dead. */
export class HostRecords {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(hostId: string, identity: ProcessIdentity): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = join(this.#folder, `.${freshName()}`)
    await writeFile(temporary, JSON.stringify(identity), { mode: 0o600 })
    await rename(temporary, this.#file(hostId))
  }

  async drop(hostId: string): Promise<void> {
    await rm(this.#file(hostId), { force: true })
  }

  /** The process that a host is. */
  async find(hostId: string): Promise<ProcessIdentity | undefined> {
    try {
      return ProcessIdentity.parse(JSON.parse(await readFile(this.#file(hostId), 'utf8')))
    } catch {
      return undefined
    }
  }

  async isOf(hostId: string, identity: ProcessIdentity): Promise<boolean> {
    const found = await this.find(hostId)
    return found !== undefined && isSameMember(found, identity)
  }

  /** Whether its process may still be there. A host without a record was one with a leader that is gone. */
  async isAlive(hostId: string): Promise<boolean> {
    const found = await this.find(hostId)
    return found !== undefined && !(await isGone(found))
  }

  /** Whether any host is a process that may still be there, and not this one. */
  async hasLiving(self: ProcessIdentity): Promise<boolean> {
    const names = await readdir(this.#folder).catch(() => [])
    for (const name of names.filter((each) => each.endsWith('.json'))) {
      const hostId = decodeURIComponent(name.slice(0, -'.json'.length))
      if (!(await this.isOf(hostId, self)) && (await this.isAlive(hostId))) return true
    }
    return false
  }

  #file(hostId: string): string {
    return join(this.#folder, `${encodeURIComponent(hostId)}.json`)
  }
}
