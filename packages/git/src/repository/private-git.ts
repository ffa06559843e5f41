// Whatever reads or writes content goes through a git directory of ours: our configuration, the repository's
// objects, no refs, no hooks. A filter, a merge driver or a monitor that a tool puts into the repository's own
// configuration is not known here, so it cannot run. `-c` cannot do that: it unsets no name it does not know.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from '../door/git.ts'
import { writeFileAtomically } from '../platform/atomic-file.ts'
import { nowhere } from '../platform/paths.ts'
import { MergeRoom, MergeRooms } from './merge-room.ts'

export interface PrivateGitFacts {
  /** Where the private directories lie. */
  readonly folder: string
  /** The repository's objects: what is written must be where the repository's refs can hold it. */
  readonly objectDirectory: string
  readonly shallowFile?: string
}

/** The private git directories of one repository. */
export class PrivateGit {
  readonly #git: Git
  readonly #facts: PrivateGitFacts
  #config = ''
  #exclude = ''
  readonly #rooms: MergeRooms

  constructor(git: Git, facts: PrivateGitFacts) {
    this.#git = git
    this.#facts = facts
    this.#rooms = new MergeRooms(facts.folder, async (path) =>
      MergeRoom.open(await this.bare(), path, facts.objectDirectory),
    )
  }

  get configFile(): string {
    return join(this.#facts.folder, 'config')
  }

  /** Takes these as its configuration and its list of ignored files, and writes them. */
  async configure(config: string, exclude: string): Promise<void> {
    this.#config = config
    this.#exclude = exclude
    await mkdir(this.#facts.folder, { recursive: true })
    await writeFileAtomically(this.configFile, config)
    await writeFileAtomically(join(this.#facts.folder, 'exclude'), exclude)
  }

  /** Takes over what an earlier process configured; false if there is nothing. */
  async load(): Promise<boolean> {
    try {
      this.#config = await readFile(this.configFile, 'utf8')
      this.#exclude = await readFile(join(this.#facts.folder, 'exclude'), 'utf8')
      return true
    } catch {
      return false
    }
  }

  /** For what needs no files: diffs, trees, commits. */
  async bare(): Promise<Git> {
    const gitDir = await this.#directory('bare')
    return this.#git.at({
      ...this.#place(gitDir),
      cwd: gitDir,
      // A work tree is configured, so git must be told that there is none.
      config: { 'core.bare': 'true' },
    })
  }

  /** For the files of one slot. */
  async forSlot(id: string, path: string): Promise<Git> {
    const gitDir = await this.#directory(join('slots', id))
    return this.#git.at({
      ...this.#place(gitDir),
      cwd: path,
      workTree: path,
      indexFile: join(gitDir, 'index'),
    })
  }

  slotFile(id: string, name: string): string {
    return join(this.#facts.folder, 'slots', id, name)
  }

  async forgetSlot(id: string): Promise<void> {
    await rm(join(this.#facts.folder, 'slots', id), { recursive: true, force: true })
  }

  /**
   * Runs `look` where new objects vanish afterwards: previews leave nothing behind.
   * @param isLarge whether so much is written that it is cleared away at once
   */
  async withThrowawayObjects<T>(look: (room: MergeRoom) => Promise<T>, isLarge = false): Promise<T> {
    // Compared before this use as before any other.
    await this.#directory('bare')
    return this.#rooms.use(look, isLarge)
  }

  /** Resolves when no preview has left anything behind. */
  close(): Promise<void> {
    return this.#rooms.close()
  }

  #place(gitDir: string) {
    const { objectDirectory, shallowFile } = this.#facts
    return { gitDir, objectDirectory, isPrivate: true, ...(shallowFile === undefined ? {} : { shallowFile }) }
  }

  /** Makes the directory, or puts back what somebody changed in it: it is compared before every use. */
  async #directory(name: string): Promise<string> {
    const gitDir = join(this.#facts.folder, name)
    const wanted: readonly (readonly [file: string, content: string])[] = [
      ['HEAD', 'ref: refs/heads/none\n'],
      ['config', this.#config],
      ['info/exclude', this.#exclude],
    ]
    const put = async ([file, content]: readonly [file: string, content: string]) => {
      const path = join(gitDir, file)
      if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return
      for (const folder of ['refs', 'info', 'objects']) await mkdir(join(gitDir, folder), { recursive: true })
      await writeFileAtomically(path, content)
    }
    await Promise.all(wanted.map(put))
    const [names, info] = await Promise.all([readdir(gitDir), readdir(join(gitDir, 'info'))])
    const present = new Set([...names, ...info.map((file) => `info/${file}`)])
    for (const file of foreignFiles)
      if (present.has(file)) await rm(join(gitDir, file), { force: true, recursive: true })
    return gitDir
  }
}

// Files that git would read here and that we never write.
const foreignFiles = ['info/attributes', 'info/grafts', 'config.worktree', 'commondir', 'shallow']

/** Attributes of the machine or the user name filters of theirs; the repository's own `.gitattributes` count. */
export const attributesFile: string = nowhere
