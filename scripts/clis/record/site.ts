// Where a CLI is run to be recorded: a home of its own, a repository with one commit, a worktree of it, and nothing from outside.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  makeTempRepository,
  type MockModel,
  type TempRepository,
} from '../../../packages/testing/src/index.ts'
import { cliCacheFolder, nodeFirst, type InstalledCli } from '../install-cli.ts'

export interface Site {
  readonly cli: InstalledCli
  readonly model: MockModel
  readonly home: string
  /** The worktree that the CLI works in. */
  readonly cwd: string
  readonly repository: TempRepository
  /** What every CLI gets; a tool adds its own. */
  readonly env: Readonly<Record<string, string>>
  remove(): void
}

/**
 * Not below the system's temporary folder: some CLIs let anybody write there, and one refuses to keep its helpers there.
 */
export function makeSite(cli: InstalledCli, model: MockModel): Site {
  const parent = join(cliCacheFolder(), 'work')
  mkdirSync(parent, { recursive: true })
  const folder = realpathSync(mkdtempSync(join(parent, 'site-')))
  const repository = makeTempRepository(folder, { files: { 'README.md': 'hello\n' } })
  const cwd = join(folder, 'worktree')
  repository.git('worktree', 'add', '--quiet', '-b', 'work', cwd)
  const home = join(folder, 'home')
  const temporary = join(folder, 'tmp')
  mkdirSync(home)
  mkdirSync(temporary)
  const env = {
    PATH: `${dirname(cli.program)}:${nodeFirst()}`,
    HOME: home,
    // One of them unpacks itself on its first start.
    XDG_CACHE_HOME: join(dirname(cli.binFolder), 'unpacked'),
    TMPDIR: temporary,
    TERM: 'dumb',
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
  }
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  return { cli, model, home, cwd, repository, env, remove }
}
