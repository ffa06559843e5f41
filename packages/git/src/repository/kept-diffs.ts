import { parseRawDiff, rawDiffArgs } from '../changes/changed-paths.ts'
import type { ChangedPath } from '../changes/changed-paths.ts'
import type { Git, GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import { TreeDiffer } from '../door/tree-differ.ts'

const patchArgs = [
  '-r',
  '-p',
  '--unified=0',
  '--no-prefix',
  '--no-renames',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
]
const ignoreArgs = ['-r', '-z', '--name-only', '--', ':(glob)**/.gitignore']

/** What differs between two trees, asked of gits that are kept open; what one of them does not answer, of another git. */
export class KeptDiffs implements AsyncDisposable {
  readonly #git: Git
  readonly #paths: TreeDiffer
  readonly #patch: TreeDiffer
  readonly #ignores: TreeDiffer

  /** @param git at a git directory of ours */
  constructor(git: Git) {
    this.#git = git
    this.#paths = new TreeDiffer(git, { args: rawDiffArgs })
    this.#patch = new TreeDiffer(git, { args: patchArgs })
    this.#ignores = new TreeDiffer(git, { args: ignoreArgs, env: { GIT_LITERAL_PATHSPECS: '0' } })
  }

  /** Every path that differs. */
  async paths(before: ObjectId, after: ObjectId, options: GitRunOptions): Promise<ChangedPath[]> {
    const said = await this.#ask(this.#paths, [before, after], options)
    return parseRawDiff(said)[0] ?? []
  }

  /** What differs line by line, with no lines around it. */
  async patch(before: ObjectId, after: ObjectId, options: GitRunOptions): Promise<string> {
    return (await this.#ask(this.#patch, [before, after], options)).toString('utf8')
  }

  /** Whether they ignore different files. */
  async ignores(before: ObjectId, after: ObjectId): Promise<boolean> {
    const said = await this.#ask(this.#ignores, [before, after], {})
    return said.length > 0
  }

  async close(): Promise<void> {
    for (const each of [this.#paths, this.#patch, this.#ignores]) await each.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #ask(
    differ: TreeDiffer,
    [before, after]: readonly [ObjectId, ObjectId],
    options: GitRunOptions,
  ): Promise<Buffer> {
    const said = await differ.ask(before, after, options.signal)
    if (said !== undefined) return said
    const { args, env } = differ.options
    const paths = args.indexOf('--')
    const [flags, specs] = paths < 0 ? [args, ['--']] : [args.slice(0, paths), args.slice(paths)]
    const run = { ...options, ...(env === undefined ? {} : { env }) }
    return (await this.#git.run(['diff-tree', ...flags, before, after, ...specs], run)).stdout
  }
}
