import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from '../repository/repository.ts'

// What decides which programs git runs, and where, when it writes files into a checkout.
const deciding = /^(?:filter\.|include|core\.(?:worktree|bare|attributesfile)$|extensions\.)/

/**
 * A digest of everything in the configuration that could make git run a program while it writes a user's files.
 * As long as it stays the same, git may be run there as the user would run it.
 */
export async function digestContentPrograms(repository: Repository): Promise<string> {
  const config = await repository.readConfig()
  const entries = config.filter(({ key }) => deciding.test(key)).map(({ key, value }) => [key, value])
  const attributes = await readFile(join(repository.facts.commonDir, 'info', 'attributes'), 'utf8').catch(
    () => '',
  )
  return createHash('sha256')
    .update(JSON.stringify([entries, attributes]))
    .digest('hex')
    .slice(0, 32)
}
