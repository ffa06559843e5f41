import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The bytes that an ordinary user may still write where a path is, or will be. */
export async function freeBytes(path: string): Promise<number> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    } catch (error) {
      if (dirname(folder) === folder) throw error
    }
  }
}
