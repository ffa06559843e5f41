import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs `body` with a new directory and removes it afterwards, also when `body` throws. The path is free of
 * symbolic links, so that what other programs print can be compared with it.
 *
 * @example
 * await withTempDir(async (dir) => writeFile(join(dir, 'a.txt'), 'a'))
 */
export async function withTempDir<T>(body: (dir: string) => T | Promise<T>, prefix = 'ws-test-'): Promise<T> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), prefix))
  try {
    return await body(dir)
  } finally {
    // Windows refuses while a program that was killed still holds a file open.
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
