// A repository on disk, opened: what most tests here begin with.
import { makeTempRepository, withTempDir } from '@ws/testing'
import type { TempRepository, TempRepositoryOptions } from '@ws/testing'
import { openRepository, type Repository } from '../src/repository/repository.ts'
import { Slots } from '../src/slots/slots.ts'

export interface Opened {
  readonly temp: TempRepository
  readonly repository: Repository
  readonly slots: Slots
}

/** Opens a new repository for a test, and closes it afterwards. */
export function withOpened(
  body: (opened: Opened) => Promise<void>,
  options: TempRepositoryOptions = {},
): Promise<void> {
  return withTempDir(async (folder) => {
    const temp = makeTempRepository(folder, options)
    const repository = await openRepository(temp.path, { env: testEnvironment() })
    try {
      await body({ temp, repository, slots: new Slots(repository) })
    } finally {
      await repository.close()
    }
  })
}

/** Nobody's configuration: the same answers on every machine. */
export function testEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' }
}

/** The work of a slot, for tests that do not care whose it is. */
export function work(workstream: string, attempt = 1) {
  return { run: 'run1', workstream, attempt }
}

export { makeTempRepository, type TempRepositoryOptions }
