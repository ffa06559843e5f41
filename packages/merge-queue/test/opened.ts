// A repository on disk, opened: what most tests here begin with.
import { openRepository, type Repository } from '@ws/git'
import { makeTempRepository, type TempRepository, type TempRepositoryOptions, withTempDir } from '@ws/testing'
import type { EntrySpec } from '../src/queue/queue-spec.ts'

export interface Opened {
  readonly temp: TempRepository
  readonly repository: Repository
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
      await body({ temp, repository })
    } finally {
      await repository.close()
    }
  })
}

/** Nobody's configuration: the same answers on every machine. */
export function testEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' }
}

/** An entry, of which a test says what it is about. */
export function entry(spec: Partial<EntrySpec> & Pick<EntrySpec, 'commit'>): EntrySpec {
  return {
    id: 'e1',
    kind: 'branch',
    branch: 'topic',
    target: 'main',
    level: 2,
    after: [],
    checks: [],
    advisory: [],
    afterwards: [],
    approve: 'auto',
    method: 'merge',
    ...spec,
  }
}

/** Numbered lines, some of them changed: a file on which two sides can meet or miss each other. */
export function text(changes: Readonly<Record<number, string>> = {}): string {
  return `${Array.from({ length: 20 }, (_, i) => changes[i] ?? `line ${i}`).join('\n')}\n`
}
