// What landing costs beyond the checks, on a generated repository of 20,000 files, beside `git merge --no-ff` in a
// worktree in the same run; and how soon a queue goes on that was killed in the middle of a landing.
// node --conditions=@ws/source --disable-warning=ExperimentalWarning bench/landing.ts [--files 20000] [--branches 40]
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openRepository } from '@ws/git'
import { type MergeQueue, openMergeQueue } from '@ws/merge-queue'
import { openSqliteJournal } from '@ws/store'

const asked = { median: 60, p95: 150 }
const aim = { median: 30, p95: 80 }

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    branches: { type: 'string', default: '40' },
    land: { type: 'string' },
  },
})
const branches = Number(values.branches)

/** Passes without looking at any file: what is measured is all the rest. */
const checks = { unit: { run: () => true, checkout: false, version: '1' } }

if (values.land === undefined) await benchAll()
else await landAndSayIntent(values.land)

async function benchAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ws-bench-landing-'))
  try {
    const path = join(folder, 'repository')
    generate(path, Number(values.files))
    const yardstick = join(folder, 'merge-here')
    git(path, 'worktree', 'add', '--quiet', '--detach', yardstick, 'main')
    console.log(`${Number(values.files).toLocaleString('en')} files, ms            median     p95`)

    git(path, 'switch', '--quiet', '--detach', 'main')
    const free = await benchLandings(path, 'main', yardstick)
    row('landing, the branch is free', free.landed)
    row('  the same with its add', free.added)
    row('git merge --no-ff in a worktree', free.merged)

    git(path, 'switch', '--quiet', 'other')
    const held = await benchLandings(path, 'other')
    row('landing, the branch is checked out', held.landed)
    row('  until its files have followed', held.followed)

    git(path, 'switch', '--quiet', '--detach', 'main')
    const known = await benchKnown(path)
    row('landing, every tree is known', known)
    const recovery = await benchRecovery(folder, path)
    row('recovery after a kill, until landed', recovery)

    const [median, p95] = [at(free.landed, 0.5), at(free.landed, 0.95)]
    const [heldMedian, heldP95] = [at(held.landed, 0.5), at(held.landed, 0.95)]
    console.log(
      `\nlanding ${median.toFixed(0)}/${p95.toFixed(0)} ms free, ${heldMedian.toFixed(0)}/${heldP95.toFixed(0)} ms checked out ` +
        `(asked ${asked.median}/${asked.p95}, aim ${aim.median}/${aim.p95}), ${(median / at(free.merged, 0.5)).toFixed(2)} × git merge, ` +
        `known tree ${at(known, 0.5).toFixed(0)} ms, recovery ${at(recovery, 0.5).toFixed(0)} ms`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Lands branch after branch, each when the one before has landed; `git merge` takes its turn in between. */
async function benchLandings(path: string, target: string, yardstick?: string) {
  const repository = await openRepository(path)
  const queue = await openMergeQueue({ repository, target, checks })
  const times: Record<'added' | 'landed' | 'followed' | 'merged', number[]> = {
    added: [],
    landed: [],
    followed: [],
    merged: [],
  }
  queue.start()
  for (let i = 0; i < branches; i++) {
    const branch = `${target}-${i}`
    const startedAt = performance.now()
    const landed = whenLanded(queue, branch)
    await queue.add({ branch, id: branch })
    const addedAt = performance.now()
    await landed
    times.landed.push(performance.now() - addedAt)
    times.added.push(performance.now() - startedAt)
    while (git(path, 'rev-parse', target) !== git(path, 'rev-parse', `refs/ws/landed/${target}`))
      await queue.sync()
    times.followed.push(performance.now() - addedAt)
    if (yardstick === undefined) continue
    const mergedAt = performance.now()
    git(yardstick, 'merge', '--quiet', '--no-ff', '--no-edit', branch)
    times.merged.push(performance.now() - mergedAt)
  }
  await queue.close()
  await repository.close()
  return times
}

/** The same branches once more on another target at the same commit: no check runs. */
async function benchKnown(path: string): Promise<number[]> {
  git(path, 'branch', '--force', 'release-a', 'start')
  git(path, 'branch', '--force', 'release-b', 'start')
  const repository = await openRepository(path)
  let ran = 0
  const run = () => (ran += 1) > 0
  const queue = await openMergeQueue({ repository, checks: { unit: { ...checks.unit, run } } })
  queue.start()
  const times: number[] = []
  for (const target of ['release-a', 'release-b']) {
    for (let i = 0; i < branches; i++) {
      const id = `${target} ${i}`
      const landed = whenLanded(queue, id)
      await queue.add({ branch: `main-${i}`, id, target })
      const addedAt = performance.now()
      await landed
      if (target === 'release-b') times.push(performance.now() - addedAt)
    }
  }
  if (ran !== branches) throw new Error(`${ran} checks ran for ${branches} trees`)
  await queue.close()
  await repository.close()
  return times
}

/** Kills a process that has just said that it means to land, and goes on from its journal. */
async function benchRecovery(folder: string, path: string): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const copy = join(folder, `killed-${i}`)
    cpSync(path, copy, { recursive: true })
    git(copy, 'update-ref', '-d', 'refs/ws/landed/main')
    git(copy, 'branch', '--force', 'main', 'start')
    const journalPath = join(folder, `journal-${i}.db`)
    const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
    const child = spawn(
      process.execPath,
      [...flags, import.meta.filename, '--land', JSON.stringify([copy, journalPath])],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const startedAt = performance.now()
    const repository = await openRepository(copy)
    const journal = await openSqliteJournal({ path: journalPath })
    const queue = await openMergeQueue({ repository, journal, checks })
    await queue.process()
    if (queue.get('main-0')?.state !== 'MERGED') throw new Error('the landing was lost')
    times.push(performance.now() - startedAt)
    await queue.close()
    await journal.close()
    await repository.close()
    rmSync(copy, { recursive: true, force: true })
  }
  return times
}

/** What the process does that is killed. */
async function landAndSayIntent(argument: string): Promise<void> {
  const [path = '', journalPath = '']: readonly string[] = JSON.parse(argument)
  const journal = await openSqliteJournal({ path: journalPath })
  const queue = await openMergeQueue({ repository: path, journal, checks })
  queue.events.on('landing.intended', () => console.log('intended'))
  await queue.add({ branch: 'main-0', id: 'main-0' })
  await queue.process()
}

function whenLanded(queue: MergeQueue, id: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = queue.events.on('landing.landed', ({ event }) => {
      if (!event.entryIds.includes(id)) return
      stop()
      resolve()
    })
  })
}

/** A packed repository: `main` and `other` at the same commit, and branches of each that change two files. */
function generate(path: string, files: number): void {
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', path])
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const name = (i: number) => `src/d${Math.floor(i / 400)}/e${Math.floor(i / 20) % 20}/file${i}.ts`
  const commit = (ref: string, mark: number, from?: number) =>
    `commit refs/heads/${ref}\nmark :${mark}\ncommitter B <b@localhost> 1700000000 +0000\n${data(ref)}${from === undefined ? '' : `from :${from}\n`}`
  const inline = (i: number, text: string) => `M 100644 inline ${name(i)}\n${data(text)}`
  let stream = commit('main', 1)
  for (let i = 0; i < files; i++) stream += inline(i, `content of ${i}\n`.repeat(20))
  stream += 'reset refs/heads/other\nfrom :1\n\nreset refs/heads/start\nfrom :1\n\n'
  let mark = 1
  for (const target of ['main', 'other'])
    for (let b = 0; b < branches; b++) {
      stream += commit(`${target}-${b}`, ++mark, 1)
      for (const i of [b * 7, files - 1 - b * 11]) stream += inline(i, `changed by ${b}\n`.repeat(20))
    }
  execFileSync('git', ['-C', path, 'fast-import', '--quiet'], { input: stream })
  git(path, 'config', 'user.name', 'B')
  git(path, 'config', 'user.email', 'b@localhost')
  git(path, 'reset', '--quiet', '--hard')
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trimEnd()
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function row(name: string, times: readonly number[]): void {
  const figures = [at(times, 0.5), at(times, 0.95)].map((ms) => ms.toFixed(1).padStart(8))
  console.log(`${name.padEnd(36)}${figures.join('')}`)
}
