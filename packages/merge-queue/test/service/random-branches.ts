// A generated history: branches that edit, rename, delete, add and merge, all written in one stream.
import { execFileSync } from 'node:child_process'
import { Random } from '@ws/core/testing'

/** A branch of the history. */
export interface RandomBranch {
  readonly name: string
  readonly commit: string
  /** What it was made from, where it took in nothing else since: as a merge base this is git's own. */
  readonly base: string | undefined
}

interface File {
  readonly mode: '100644' | '100755' | '120000'
  readonly text: string
}

type Tree = ReadonlyMap<string, File>

interface Commit {
  readonly mark: number
  readonly tree: Tree
}

const files = 80
const linesOfAFile = 120

/** Writes a history into an empty repository: `main` with some commits, and so many branches from them. */
export function makeRandomBranches(path: string, seed: number, count: number): readonly RandomBranch[] {
  const random = new Random(seed)
  const stream = new Stream()
  const names = Array.from({ length: files }, (_, i) => `d${i % 4}/f${i}.txt`)
  const lines = (i: number) => Array.from({ length: linesOfAFile }, (_, line) => `${i}:${line}\n`).join('')
  let main = stream.commit(
    'main',
    'first',
    new Map(names.map((name, i) => [name, { mode: '100644', text: lines(i) }])),
    [],
  )
  const trunk = [main]
  for (let i = 0; i < 3; i++) {
    main = stream.commit('main', `main ${i}`, edit(random, main.tree, `main ${i}`, false), [main])
    trunk.push(main)
  }
  const tips: Commit[] = []
  const branches: { name: string; from: Commit; isPlain: boolean }[] = []
  for (let i = 0; i < count; i++) {
    const name = `b${i}`
    const stacked = tips.length > 0 && random.chance(0.15)
    const from = stacked ? random.pick(tips.slice(-8)) : random.pick(trunk)
    let tip = from
    let isPlain = !stacked
    for (let n = random.below(3) + 1; n > 0; n--) {
      const parents = [tip]
      let tree = edit(random, tip.tree, `${name} ${n}`)
      if (tips.length > 0 && random.chance(0.08)) {
        const other = random.pick(tips.slice(-8))
        tree = overlay(tree, from.tree, other.tree)
        parents.push(other)
        isPlain = false
      }
      tip = stream.commit(name, `${name}: commit ${n}`, tree, parents)
    }
    tips.push(tip)
    branches.push({ name, from, isPlain })
  }
  const marks = stream.write(path)
  return branches.map(({ name, from, isPlain }, i) => ({
    name,
    commit: marks.get(tips[i]!.mark) ?? '',
    base: isPlain ? marks.get(from.mark) : undefined,
  }))
}

/** One commit's worth of changes. */
function edit(random: Random, tree: Tree, by: string, mayBreak = true): Tree {
  const next = new Map(tree)
  for (let n = random.below(3) + 1; n > 0; n--) {
    const paths = [...next.keys()].filter((path) => path.includes('/'))
    const path = random.pick(paths)
    const file = next.get(path)!
    // What the check of this history looks for; without it, a change that nothing is wrong with.
    const kind = random.below(mayBreak ? 100 : 93)
    if (kind < 70) next.set(path, { ...file, text: editText(random, file, by) })
    else if (kind < 78)
      next.set(`${random.pick(['d0', 'd1', 'new'])}/${by.replaceAll(' ', '-')}.txt`, fileOf(by))
    else if (kind < 84) {
      next.delete(path)
      next.set(`moved/${path.replaceAll('/', '-')}`, { ...file, text: editText(random, file, by) })
    } else if (kind < 87) next.delete(path)
    else if (kind < 91) next.set(path, { ...file, mode: file.mode === '100644' ? '100755' : '100644' })
    else if (kind < 92) {
      // A directory where a file was.
      next.delete(path)
      next.set(`${path}/inside.txt`, file)
    } else if (kind < 93) next.set(path, { mode: '120000', text: 'somewhere' })
    else if (kind < 95) next.set('broken', fileOf(by))
    else next.set(`${random.pick(['left', 'right'])}-${random.below(4)}`, fileOf('half'))
  }
  return next
}

function fileOf(by: string): File {
  return { mode: '100644', text: `${by}\n`.repeat(5) }
}

function editText(random: Random, { mode, text }: File, by: string): string {
  // No file system takes a link to nothing.
  if (mode === '120000') return `somewhere ${by}`
  const lines = text.split('\n')
  const at = random.below(Math.max(1, lines.length - 1))
  const kind = random.below(4)
  if (kind === 0) lines.splice(at, 0, `added by ${by}`)
  else if (kind === 1) lines.splice(at, 1)
  else lines[at] = `changed by ${by}`
  return lines.join('\n')
}

/** A merge as somebody may have made it: their files where only they changed them. */
function overlay(ours: Tree, base: Tree, theirs: Tree): Tree {
  const merged = new Map(ours)
  for (const [path, file] of theirs) {
    const isTaken = [...merged.keys()].some(
      (other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
    )
    if (isTaken) continue
    if (merged.get(path)?.text === base.get(path)?.text) merged.set(path, file)
  }
  return merged
}

/** Commits on their way to `git fast-import`. */
class Stream {
  readonly #parts: string[] = []
  #mark = 0

  commit(branch: string, message: string, tree: Tree, parents: readonly Commit[]): Commit {
    const mark = ++this.#mark
    const [first, ...merged] = parents
    this.#parts.push(
      `commit refs/heads/${branch}\nmark :${mark}\nauthor A <a@localhost> ${1_700_000_000 + mark} +0100\n`,
      `committer A <a@localhost> ${1_700_000_000 + mark} +0100\n${data(message)}`,
      ...(first === undefined ? [] : [`from :${first.mark}\n`]),
      ...merged.map((parent) => `merge :${parent.mark}\n`),
    )
    // What goes comes first: a file may make room for a directory of its name.
    for (const path of first?.tree.keys() ?? []) if (!tree.has(path)) this.#parts.push(`D ${path}\n`)
    for (const [path, file] of tree)
      if (first?.tree.get(path) !== file)
        this.#parts.push(`M ${file.mode} inline ${path}\n${data(file.text)}`)
    return { mark, tree }
  }

  write(path: string): ReadonlyMap<number, string> {
    const marks = `${path}/.git/random-marks`
    execFileSync('git', ['-C', path, 'fast-import', '--quiet', `--export-marks=${marks}`], {
      input: this.#parts.join(''),
    })
    const text = execFileSync('cat', [marks], { encoding: 'utf8' })
    return new Map(
      text
        .trim()
        .split('\n')
        .map((line) => [Number(line.slice(1, line.indexOf(' '))), line.slice(line.indexOf(' ') + 1)]),
    )
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
