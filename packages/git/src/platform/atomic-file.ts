import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { freshName } from './surroundings.ts'

/**
 * Replaces a file so that a reader, and a crash of this process, finds the old or the new content and nothing
 * between. Not synced: what is written this way can be made again or is found out by the doctor; what may never
 * be lost lies in git's objects and references, which git syncs.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${freshName()}`)
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
