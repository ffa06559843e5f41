import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { trackedFiles } from '../tracked-files.ts'

/** A copy of the tree as it is now, uncommitted changes included, in which patches can be tried. */
export class Scratch {
  readonly folder: string
  readonly #root: string

  constructor(root: string) {
    this.#root = realpathSync(root)
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'ws-mutants-')))
    for (const file of trackedFiles(root)) this.restore(file)
    for (const folder of ['.', ...workspaceFolders(root)]) this.#linkModules(folder)
  }

  /** Makes one file again what it is in the tree. */
  restore(file: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true })
    cpSync(join(this.#root, file), join(this.folder, file))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Installed packages are shared; packages of the tree itself are those of the copy, or a mutant of one would not reach another. */
  #linkModules(folder: string): void {
    const from = join(this.#root, folder, 'node_modules')
    if (!existsSync(from)) return
    const names = readdirSync(from).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(from, name)).map((each) => join(name, each)) : [name],
    )
    // Caches of tools (.vite, .vitest-…) are each copy's own.
    for (const name of names.filter((each) => !each.startsWith('.'))) {
      const target = realpathSync(join(from, name))
      const inside = relative(this.#root, target)
      const isOurs = !inside.startsWith('..') && !inside.split(sep).includes('node_modules')
      const link = join(this.folder, folder, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(isOurs ? join(this.folder, inside) : target, link, 'junction')
    }
  }
}

function workspaceFolders(root: string): readonly string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  return [...packages, 'examples', 'bench', 'e2e', 'soak'].filter((folder) => existsSync(join(root, folder)))
}
