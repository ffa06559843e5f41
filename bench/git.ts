// Worktrees, previews and reads on generated repositories, each beside plain git in the same run.
// node --conditions=@ws/source bench/git.ts [--large] [directory]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  openRepository,
  type ObjectId,
  parseObjectId,
  previewMerge,
  previewPairs,
  type Repository,
  Slots,
} from '@ws/git'
import { openIsomorphicReader } from '@ws/git/isomorphic'

/**
 * The best of so many rounds counts, for both sides: creating thousands of files takes from one to ten times as
 * long on the same disk, by what was deleted before. Who begins changes from round to round.
 */
const rounds = 8
const branchCount = 100

const { values, positionals } = parseArgs({
  options: { large: { type: 'boolean', default: false } },
  allowPositionals: true,
})
// On the disk that is meant: /tmp may be memory, and memory is where writing files costs git least.
const folder = mkdtempSync(join(positionals[0] ?? tmpdir(), 'ws-bench-git-'))
/** What the line for docs/proofs.md says. */
const summary: string[] = []
try {
  for (const files of values.large ? [5_000, 20_000, 50_000] : [5_000, 20_000]) await benchRepository(files)
  console.log(`\n${summary.join('; ')}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function benchRepository(files: number): Promise<void> {
  const path = join(folder, `r${files}`)
  generate(path, files)
  const repository = await openRepository(path)
  console.log(`\n${files.toLocaleString('en')} files                         ours ms     git ms   ratio`)
  const warm = await benchWorktrees(repository, path)
  const [preview, pairs] = await benchPreviews(repository, path)
  summary.push(
    `${files / 1_000}k files: warm ${warm.toFixed(2)} × git worktree add, preview ${preview.toFixed(1)} ms, pairs of ${branchCount} ${(pairs / 1_000).toFixed(2)} s`,
  )
  await benchReads(repository, path)
  await repository.close()
}

/** Resolves with the ratio of a warm worktree. */
async function benchWorktrees(repository: Repository, path: string): Promise<number> {
  const slots = new Slots(repository)
  const times: Record<string, number[]> = {}
  const note = (name: string, ms: number) => (times[name] ??= []).push(ms)
  await slots.create({ slot: 'warm', base: 'main', work: { run: 'bench', workstream: 'warm', attempt: 1 } })
  for (let round = 0; round < rounds; round++) {
    const plain = join(folder, `plain-${round}`)
    const work = (name: string) => ({ run: 'bench', workstream: `${name}-${round}`, attempt: 1 })
    // One file in a hundred differs from the base before, as between two workstreams.
    const base = round % 2 === 0 ? 'other' : 'main'
    const makes: Record<string, () => Promise<unknown>> = {
      'git add': async () => git(path, 'worktree', 'add', '--quiet', '-b', `plain-${round}`, plain, 'main'),
      cold: () => slots.create({ slot: `cold-${round}`, base: 'main', work: work('cold') }),
      warm: () => slots.recycle('warm', { base, work: work('warm') }),
    }
    for (let i = 0; i < 3; i++) {
      const name = Object.keys(makes)[(i + round) % 3]!
      note(name, await msOf(makes[name]!))
    }
    note(
      'git remove',
      ms(() => git(path, 'worktree', 'remove', '--force', plain)),
    )
    note('remove', await msOf(() => slots.remove(`cold-${round}`)))
    note('purge', await msOf(() => slots.purgeTrash()))
  }
  const best = (name: string) => least(times[name] ?? [])
  row('a worktree, cold, and git worktree add', best('cold'), best('git add'))
  row('a worktree, warm, and git worktree add', best('warm'), best('git add'))
  row('a removal, and git worktree remove', best('remove'), best('git remove'))
  row('the deletion, later', best('purge'), best('git remove'))
  await slots.remove('warm')
  await slots.purgeTrash()
  return best('warm') / best('git add')
}

/** Resolves with the milliseconds of one preview and of all pairs. */
async function benchPreviews(repository: Repository, path: string): Promise<readonly [number, number]> {
  const base = await repository.resolveCommit('main')
  const branches: { name: string; tip: ObjectId; base: ObjectId }[] = []
  for (let i = 0; i < branchCount; i++) {
    const name = `branch-${i}`
    branches.push({ name, base, tip: parseObjectId(git(path, 'rev-parse', name)) })
  }
  const [one, two] = [branches[0]!, branches[1]!]
  const ours: number[] = []
  const stacked: number[] = []
  const plain: number[] = []
  const checkout = join(folder, 'merge-here')
  git(path, 'worktree', 'add', '--quiet', '--detach', checkout, one.tip)
  for (let round = 0; round < rounds; round++) {
    ours.push(await msOf(() => previewMerge(repository, { ours: one.tip, theirs: two.tip })))
    stacked.push(await msOf(() => previewMerge(repository, { ours: one.tip, theirs: two.tip, base })))
    plain.push(ms(() => git(checkout, 'merge', '--quiet', '--no-edit', two.tip)))
    git(checkout, 'reset', '--quiet', '--hard', one.tip)
  }
  row('a preview, and git merge in a worktree', least(ours), least(plain))
  // What a preview costs at least: one bare process of git on the same pair.
  const bare = Array.from({ length: rounds }, () =>
    ms(() => git(path, 'merge-tree', '--write-tree', one.tip, two.tip)),
  )
  row('the same, and git merge-tree', least(ours), least(bare))
  row('with a base of our own, and git merge-tree', least(stacked), least(bare))
  const all: number[] = []
  for (let round = 0; round < 3; round++) all.push(await msOf(() => previewPairs(repository, branches)))
  const pairs = least(all)
  row(
    `all ${(branchCount * (branchCount - 1)) / 2} pairs, and git merge-tree for each`,
    pairs,
    least(bare) * ((branchCount * (branchCount - 1)) / 2),
  )
  git(path, 'worktree', 'remove', '--force', checkout)
  return [least(ours), pairs]
}

async function benchReads(repository: Repository, path: string): Promise<void> {
  const ids = git(path, 'ls-tree', '-r', 'main')
    .split('\n')
    .slice(0, 2_000)
    .map((line) => parseObjectId(line.slice(12, 52)))
  const isomorphic = await openIsomorphicReader(path)
  const read = async (reader: { readObject(id: ObjectId): Promise<unknown> }) => {
    for (const id of ids) await reader.readObject(id)
  }
  const times = {
    isomorphic: [] as number[],
    native: [] as number[],
    isomorphicRefs: [] as number[],
    nativeRefs: [] as number[],
  }
  for (let round = 0; round < 3; round++) {
    times.isomorphic.push(await msOf(() => read(isomorphic)))
    times.native.push(await msOf(() => read(repository)))
    times.isomorphicRefs.push(await msOf(() => isomorphic.listRefs()))
    times.nativeRefs.push(await msOf(() => repository.listRefs()))
  }
  console.log('                                      isomorphic ms     git ms   ratio')
  row('2,000 objects by id, one after another', least(times.isomorphic), least(times.native))
  row('all references', least(times.isomorphicRefs), least(times.nativeRefs))
}

/** A packed repository: `main`, `other` with one file in a hundred changed, and branches that all meet in one file. */
function generate(path: string, files: number): void {
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', path])
  const body = (name: string) => `${name}\n`.repeat(20 + (name.length % 7) * 10)
  const shared = Array.from({ length: branchCount * 4 }, (_, i) => `line ${i}`)
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const commit = (ref: string, mark: number, from?: number) =>
    `commit refs/heads/${ref}\nmark :${mark}\ncommitter B <b@localhost> 1700000000 +0000\n${data(ref)}${from === undefined ? '' : `from :${from}\n`}`
  const inline = (name: string, text: string) => `M 100644 inline ${name}\n${data(text)}`
  const name = (i: number) => `src/d${Math.floor(i / 400)}/e${Math.floor(i / 20) % 20}/file${i}.ts`
  let stream = commit('main', 1)
  for (let i = 0; i < files; i++) stream += inline(name(i), body(`content of ${i}`))
  stream += inline('shared.txt', shared.join('\n'))
  stream += commit('other', 2, 1)
  for (let i = 0; i < files; i += 100) stream += inline(name(i), body(`other content of ${i}`))
  for (let b = 0; b < branchCount; b++)
    stream +=
      commit(`branch-${b}`, 3 + b, 1) +
      inline('shared.txt', shared.map((line, i) => (i === b * 4 ? `changed by ${b}` : line)).join('\n')) +
      inline(name(b * 7), body(`branch ${b}`))
  execFileSync('git', ['-C', path, 'fast-import', '--quiet'], { input: stream })
  writeFileSync(join(path, '.git/info/exclude'), '')
  git(path, 'config', 'user.name', 'B')
  git(path, 'config', 'user.email', 'b@localhost')
  git(path, 'reset', '--quiet', '--hard')
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 268_435_456,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trimEnd()
}

function ms(body: () => unknown): number {
  const start = performance.now()
  body()
  return performance.now() - start
}

async function msOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await body()
  return performance.now() - start
}

function least(times: readonly number[]): number {
  return Math.min(...times)
}

function row(what: string, ours: number, yardstick: number): void {
  console.log(
    `${what.padEnd(42)}${ours.toFixed(1).padStart(9)}  ${yardstick.toFixed(1).padStart(9)}  ${(ours / yardstick).toFixed(2).padStart(6)}`,
  )
}
