import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Repository } from '@ws/git'
import { ToolRegistry } from '@ws/tools'
import { type Ecosystem, ecosystemsIn, foldersOf } from './ecosystem.ts'

/** A check as it will stand in the settings. */
export interface DetectedCheck {
  readonly name: string
  readonly run: string
}

/** What a repository and its machine show. */
export interface DetectedProject {
  /** The branch that is checked out; absent where none is. */
  readonly base: string | undefined
  readonly ecosystems: readonly (Ecosystem & { readonly folder: string })[]
  readonly checks: readonly DetectedCheck[]
  readonly setup: readonly string[]
  /** Coding tools whose programs are on the PATH. */
  readonly tools: readonly string[]
  /** Files that git ignores and that programs of this repository probably need. */
  readonly include: readonly string[]
}

/** Folders that are looked at where the root itself shows no project. */
const mostFolders = 6

/** Ignored files that programs read: secrets and settings of this machine. */
const needed = /(^|\/)(\.env(\.[\w.-]+)?|\.envrc|\.npmrc|local\.properties|config\/master\.key)$/

/** What the files of a repository and the PATH show. Nothing is started but git. */
export async function detectProject(
  repository: Repository,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DetectedProject> {
  const own = ecosystemsIn(root).map((each) => ({ ...each, folder: '' }))
  const ecosystems =
    own.length > 0
      ? own
      : foldersOf(root)
          .flatMap((folder) => ecosystemsIn(join(root, folder)).map((each) => ({ ...each, folder })))
          .slice(0, mostFolders)
  return {
    base: await currentBranch(repository),
    ecosystems,
    checks: checksOf(ecosystems),
    setup: ecosystems.flatMap(({ setup, folder }) => (setup === undefined ? [] : [inFolder(folder, setup)])),
    tools: toolsOn(env),
    include: await ignoredButNeeded(repository, root),
  }
}

/** A branch that has no commit yet is one, too. */
async function currentBranch({ git }: Repository): Promise<string | undefined> {
  const { stdout, exitCode } = await git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    okExitCodes: [0, 1],
  })
  const name = stdout.toString('utf8').trim()
  return exitCode === 0 && name !== '' ? name : undefined
}

/** A check is run where nothing is installed, so that it begins with what its project needs. */
function checksOf(ecosystems: DetectedProject['ecosystems']): readonly DetectedCheck[] {
  const isOne = ecosystems.length === 1
  return ecosystems.flatMap(({ manager, folder, setup, checks }) =>
    Object.entries(checks).map(([kind, run]) => ({
      name: isOne ? kind : [kind, folder || manager].join('-').replaceAll(/[^A-Za-z0-9._-]/g, '-'),
      run: inFolder(folder, setup === undefined ? run : `${setup} && ${run}`),
    })),
  )
}

function inFolder(folder: string, command: string): string {
  return folder === '' ? command : `cd ${JSON.stringify(folder)} && ${command}`
}

function toolsOn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  const isThere = (program: string) =>
    folders.some((folder) => endings.some((ending) => isProgram(join(folder, program + ending))))
  return new ToolRegistry().entries
    .filter(({ detectCommands }) =>
      detectCommands.some(([program]) => program !== undefined && isThere(program)),
    )
    .map(({ name }) => name)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

async function ignoredButNeeded(repository: Repository, root: string): Promise<readonly string[]> {
  const git = repository.at({ cwd: root, workTree: root })
  const ignored = ['--others', '--ignored', '--exclude-standard', '--directory']
  const paths = await git.items(['ls-files', '-z', ...ignored])
  return paths.filter((path) => needed.test(path)).toSorted()
}
