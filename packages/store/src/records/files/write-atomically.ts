import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

let counter = 0

/** Writes a file whole: whoever reads it finds what was there before, or what is there now, never a part. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, `.${basename(path)}.${process.pid}-${++counter}`)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** As `writeAtomically`, but a file that holds just that already is left alone. */
export async function writeIfChanged(path: string, content: string): Promise<boolean> {
  if ((await readOrNothing(path)) === content) return false
  await writeAtomically(path, content)
  return true
}

async function readOrNothing(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    return await file.readFile('utf8')
  } catch {
    // A directory, or something that cannot be read: the write will say so.
    return undefined
  } finally {
    await file.close()
  }
}
