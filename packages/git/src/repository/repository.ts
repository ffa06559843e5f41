import { mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Clock, WsError } from '@ws/core'
import type { ChangedPath } from '../changes/changed-paths.ts'
import { CommitWriter } from '../door/commit-writer.ts'
import type { GitPlace } from '../door/environment.ts'
import type { GitReader } from '../door/git-reader.ts'
import { findGit, Git, type GitOptions, type GitRunOptions } from '../door/git.ts'
import { type GitVersion, requireGitVersion } from '../door/git-version.ts'
import { branchRef, isObjectId, type ObjectId, parseRefName, type RefName } from '../door/names.ts'
import { type GitObject, ObjectReader } from '../door/object-reader.ts'
import { RefReader } from '../door/ref-reader.ts'
import { RefWriter } from '../door/ref-writer.ts'
import { type LeadershipAnswer, takeLeadership } from '../locks/leader-lock.ts'
import { LockFileMender } from '../locks/lock-file-mender.ts'
import { type Exclusive, type ExclusiveOptions, RepositoryLock } from '../locks/repository-lock.ts'
import { canonicalPath } from '../platform/paths.ts'
import { ShellLanes } from '../platform/shell-lanes.ts'
import { Ancestry } from './ancestry.ts'
import { type CommitDraft, commitText, treeIn } from './commit.ts'
import { type ConfigEntry, configValue, isTrue, privateConfig, readConfig } from './config.ts'
import { KeptDiffs } from './kept-diffs.ts'
import { KnownConfig } from './known-config.ts'
import { attributesFile, PrivateGit } from './private-git.ts'
import { RefFiles } from './ref-files.ts'
import { listRefs, readRef, type Ref, type RefChange, resolveCommit, updateRefs } from './refs.ts'

/** How a repository is opened. */
export interface OpenRepositoryOptions extends GitOptions {
  /**
   * What becomes of files that LFS keeps elsewhere: `pointers` leaves its small text files in the worktree,
   * `smudge` runs git-lfs where the repository is configured with its standard commands.
   * @default 'pointers'
   */
  readonly lfs?: 'pointers' | 'smudge'
}

/** What a repository is, as read when it was opened. */
export interface RepositoryFacts {
  /** The common git directory, with every symbolic link followed. */
  readonly commonDir: string
  /** Our own directory in it. */
  readonly wsDir: string
  /** The main worktree, or `undefined` for a bare repository. */
  readonly mainWorktree: string | undefined
  readonly objectFormat: 'sha1' | 'sha256'
  /** How references are kept. */
  readonly refFormat: 'files' | 'reftable'
  readonly isShallow: boolean
  /** Objects may be missing here and come from a remote on demand, which we never do. */
  readonly isPartial: boolean
  readonly ignoreCase: boolean
  readonly gitVersion: GitVersion
}

/**
 * Opens the repository that a path lies in: its main worktree, a linked one, a subdirectory or a git directory.
 * @throws `WS_GIT_NOT_A_REPOSITORY`, `WS_GIT_OWNERSHIP`, `WS_GIT_FORMAT`, `WS_GIT_VERSION`, `WS_GIT_MISSING`
 */
export async function openRepository(path: string, options: OpenRepositoryOptions = {}): Promise<Repository> {
  const program = findGit(options)
  // The one call that lets git find the repository itself, so that its check of ownership applies.
  const finder = new Git(program, { cwd: path })
  const gitVersion = await requireGitVersion(finder)
  // One question a call: a path may hold a line end.
  const commonDir = await canonicalPath(
    await finder.text(['rev-parse', '--path-format=absolute', '--git-common-dir']),
  )
  const mender = new LockFileMender(commonDir, program.clock)
  const git = new Git(
    { ...program, clearLockFile: (lock, patience) => mender.clear(lock, patience) },
    { cwd: commonDir, gitDir: commonDir },
  )
  const [isShallow, objectFormat] = (
    await git.text(['rev-parse', '--is-shallow-repository', '--show-object-format'])
  ).split('\n')
  const config = await readConfig(git)
  const facts: RepositoryFacts = {
    commonDir,
    wsDir: join(commonDir, 'ws'),
    mainWorktree: mainWorktree(commonDir, config),
    objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1',
    refFormat: configValue(config, 'extensions.refstorage') === 'reftable' ? 'reftable' : 'files',
    isShallow: isShallow === 'true',
    isPartial: config.some(
      ({ key }) => key === 'extensions.partialclone' || /^remote\..*\.promisor$/.test(key),
    ),
    ignoreCase: isTrue(configValue(config, 'core.ignorecase')),
    gitVersion,
  }
  await mkdir(join(facts.wsDir, 'slots'), { recursive: true }).catch((cause: unknown) => {
    throw new WsError('WS_GIT_NOT_WRITABLE', `nothing can be written in ${commonDir}`, {
      details: { path: facts.wsDir },
      hint: 'look whom it belongs to, whether its file system is mounted read-only, and for free space',
      cause,
    })
  })
  const lanes = new ShellLanes(git.environment())
  const repository = new Repository(new Git({ ...git.program, lanes }, git.place), facts)
  try {
    await configurePrivateGit(repository, config, options)
    return repository
  } catch (error) {
    await repository.close()
    throw error
  }
}

/** One repository, opened. `close` ends its reader and lets its lock file go. */
export class Repository implements GitReader {
  readonly facts: RepositoryFacts
  /** Git on the repository itself: for worktree registrations, refs and nothing that touches content. */
  readonly git: Git
  /** Git for content. */
  readonly content: PrivateGit
  readonly #lock: RepositoryLock
  #reader: Promise<ObjectReader> | undefined
  #writer: Promise<CommitWriter> | undefined
  #diffs: Promise<KeptDiffs> | undefined
  readonly #refs: RefReader
  readonly #refWriter: RefWriter
  readonly #config: KnownConfig
  readonly #refFiles: RefFiles
  readonly #ancestry = new Ancestry((id) => this.readObject(id))

  constructor(git: Git, facts: RepositoryFacts) {
    this.git = git
    this.facts = facts
    this.#lock = new RepositoryLock(facts.wsDir, git.program.clock)
    this.#refs = new RefReader(git)
    this.#refWriter = new RefWriter(git)
    this.#config = new KnownConfig(git)
    this.#refFiles = new RefFiles(facts.commonDir, git.program.clock)
    this.content = new PrivateGit(git, {
      folder: join(facts.wsDir, 'git'),
      objectDirectory: join(facts.commonDir, 'objects'),
      ...(facts.isShallow ? { shallowFile: join(facts.commonDir, 'shallow') } : {}),
    })
  }

  get clock(): Clock {
    return this.git.program.clock
  }

  /** Runs a change alone in this repository, across processes. Not re-entrant. */
  exclusively<T>(change: (exclusive: Exclusive) => Promise<T>, options: ExclusiveOptions = {}): Promise<T> {
    return this.#lock.run(change, options)
  }

  /** Asks for the leadership; `about` is what those who are refused will read. */
  lead(about: Readonly<Record<string, string>> = {}): Promise<LeadershipAnswer> {
    return takeLeadership(this.facts.wsDir, this.#lock, { pid: process.pid, since: this.clock.now(), about })
  }

  listRefs(prefix = 'refs/', options: GitRunOptions = {}): Promise<Ref[]> {
    return listRefs(this.git, prefix, options)
  }

  /** All references that are not below `refs/ws/`; for the files of this package. */
  async listForeignRefs(): Promise<readonly Ref[]> {
    const read = this.facts.refFormat === 'files' ? this.#refFiles.read() : undefined
    return read ?? (await this.listRefs()).filter(({ name }) => !name.startsWith('refs/ws/'))
  }

  readRef(ref: RefName, options: GitRunOptions = {}): Promise<ObjectId | undefined> {
    return readRef(this.git, ref, options)
  }

  /** The commit that a name means. @throws `WS_GIT_NO_SUCH_COMMIT` */
  async resolveCommit(name: string, options: GitRunOptions = {}): Promise<ObjectId> {
    // The orchestrator passes full ids and branches, again and again.
    const quick = isObjectId(name) ? name : name === 'HEAD' ? undefined : await this.lookUp(toRef(name))
    if (quick !== undefined && (await this.readObject(quick))?.type === 'commit') return quick
    return resolveCommit(this.git, name, options)
  }

  /**
   * What a reference, or a worktree's `HEAD`, holds: fast, without telling a broken one from none. For values
   * that are compared again when they are written.
   */
  lookUp(name: RefName | 'HEAD' | `worktrees/${string}/HEAD`): Promise<ObjectId | undefined> {
    return this.#refs.read(name)
  }

  /**
   * Changes references in one transaction: all of them, or none. The reason goes into the reflogs of what is not ours.
   * @throws `WS_GIT_REF_MOVED` if one does not hold what it should
   */
  updateRefs(exclusive: Exclusive, changes: readonly RefChange[], reason: string): Promise<void> {
    const kept = this.facts.refFormat === 'files' ? { writer: this.#refWriter } : {}
    return updateRefs(this.git, exclusive, changes, { reason, ...kept })
  }

  /** An object by its id, or `undefined`. */
  async readObject(id: ObjectId): Promise<GitObject | undefined> {
    const reader = await (this.#reader ??= this.content.bare().then((git) => new ObjectReader(git)))
    return reader.read(id)
  }

  /**
   * Writes a commit object, without a process for it; nothing points to it yet.
   * @throws `WS_GIT_OBJECT_MISSING` if its tree or a parent is not here
   */
  async writeCommit(draft: CommitDraft): Promise<ObjectId> {
    const text = commitText(draft)
    const wanted = [['tree', draft.tree] as const, ...draft.parents.map((id) => ['commit', id] as const)]
    const found = await Promise.all(wanted.map(([, id]) => this.readObject(id)))
    for (const [index, [type, id]] of wanted.entries())
      if (found[index]?.type !== type)
        throw new WsError('WS_GIT_OBJECT_MISSING', `there is no ${type} ${id} to make a commit of`, {
          details: { type, id },
          hint: 'a partial or damaged clone: run "git fsck", or fetch without a filter',
        })
    this.#writer ??= this.content.bare().then((git) => new CommitWriter(git))
    return (await this.#writer).write(text)
  }

  /** The tree of a commit, or the tree itself. @throws `WS_GIT_OBJECT_MISSING` */
  async treeOf(id: ObjectId): Promise<ObjectId> {
    return treeIn(id, await this.readObject(id))
  }

  /** Whether the first commit is the second one, or part of its history. @throws `WS_GIT_OBJECT_MISSING`, `WS_GIT_FAILED` */
  async isAncestor(ancestor: ObjectId, of: ObjectId, options: GitRunOptions = {}): Promise<boolean> {
    options.signal?.throwIfAborted()
    if (ancestor === of) return true
    // Which parents the last commits of a shallow clone lack, only git knows.
    const isKnown = this.facts.isShallow ? undefined : await this.#ancestry.find(ancestor, of)
    if (isKnown !== undefined) return isKnown
    const git = await this.content.bare()
    const args = ['merge-base', '--is-ancestor', ancestor, of]
    return (await git.run(args, { ...options, okExitCodes: [0, 1] })).exitCode === 0
  }

  /** Every path that differs between two trees or commits, by bytes. @throws `WS_GIT_OBJECT_MISSING` */
  async diffPaths(before: ObjectId, after: ObjectId, options: GitRunOptions = {}): Promise<ChangedPath[]> {
    return (await this.#differ()).paths(await this.treeOf(before), await this.treeOf(after), options)
  }

  /** What differs between two trees or commits as a patch without lines around. @throws `WS_GIT_OBJECT_MISSING` */
  async diffPatch(before: ObjectId, after: ObjectId, options: GitRunOptions = {}): Promise<string> {
    return (await this.#differ()).patch(await this.treeOf(before), await this.treeOf(after), options)
  }

  /** Whether two trees ignore different files; for the files of this package. */
  async ignoresDiffer(before: ObjectId, after: ObjectId): Promise<boolean> {
    return (await this.#differ()).ignores(before, await this.treeOf(after))
  }

  #differ(): Promise<KeptDiffs> {
    return (this.#diffs ??= this.content.bare().then((git) => new KeptDiffs(git)))
  }

  /** The configuration as git sees it now, in order; for the files of this package. */
  readConfig(): Promise<readonly ConfigEntry[]> {
    return this.#config.read()
  }

  /** Git on the repository with other settings; for the files of this package. */
  at(place: Partial<GitPlace>): Git {
    return this.git.at(place)
  }

  async close(): Promise<void> {
    const kept = [this.#reader, this.#writer, this.#diffs]
    this.#reader = this.#writer = this.#diffs = undefined
    for (const each of kept) if (each !== undefined) await (await each).close()
    await this.#refs.close()
    await this.#refWriter.close()
    await this.content.close()
    await this.git.program.lanes?.close()
    await this.#lock.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function toRef(name: string): RefName {
  return name.startsWith('refs/') ? parseRefName(name) : branchRef(name)
}

function mainWorktree(commonDir: string, config: readonly ConfigEntry[]): string | undefined {
  if (isTrue(configValue(config, 'core.bare'))) return undefined
  const elsewhere = configValue(config, 'core.worktree')
  if (elsewhere !== undefined) return resolve(commonDir, elsewhere)
  return basename(commonDir) === '.git' ? dirname(commonDir) : undefined
}

/** Copies what is allowed from the repository's configuration, as long as no tool can have changed it: while no slot exists. */
async function configurePrivateGit(
  { facts, content, git }: Repository,
  config: readonly ConfigEntry[],
  options: OpenRepositoryOptions,
): Promise<void> {
  const slots = await readdir(join(facts.wsDir, 'slots'))
  if (slots.some((name) => name.endsWith('.json')) && (await content.load())) return
  const exclude = await readFile(join(facts.commonDir, 'info', 'exclude'), 'utf8').catch(() => '')
  const text = privateConfig(config, {
    objectFormat: facts.objectFormat,
    attributesFile,
    ...(options.lfs === 'smudge' ? { lfsStorage: join(facts.commonDir, 'lfs') } : {}),
    ...(configValue(config, 'core.excludesfile') === undefined
      ? {}
      : { excludesFile: await git.text(['config', '--type=path', '--get', 'core.excludesfile']) }),
  })
  await content.configure(text, exclude)
}
