// One landing of some branches, killed at a numbered step and gone on with. For the tests, and for longer for the soak.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { Random } from '@ws/core/testing'
import { openRepository } from '@ws/git'
import { makeTempRepository, type TempRepository, withTempDir } from '@ws/testing'
import { findMarked } from '../../src/checks/marked-processes.ts'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import type { LandingMethod } from '../../src/queue/queue-spec.ts'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { testEnvironment } from '../opened.ts'
import { FileJournal, readSteps } from '../programs/file-journal.ts'

/** What the program that is killed is told. */
export interface LandBranches {
  readonly path: string
  /** Stands for git, counts its calls, and kills whoever made the one that is chosen. */
  readonly program: string
  readonly journal: string
  /** Has a line for each step. */
  readonly steps: string
  readonly killAt: number
  readonly moment: 'before' | 'after'
  readonly branches: readonly { readonly name: string; readonly method: LandingMethod }[]
  readonly remote?: string
}

/** How a case differs from others. */
export interface KillCase {
  /** Steps at which one process after the other is killed; `Infinity` for none. */
  readonly kills: readonly number[]
  readonly moment: 'before' | 'after'
  readonly branches: LandBranches['branches']
  readonly isCheckedOut: boolean
  readonly hasRemote: boolean
  /** Whether somebody else pushes, or commits on the branch, after the first kill. */
  readonly isDisturbed: boolean
  /** Where the first transaction that moves the line is cut off, with whoever made it; then `kills` is one that never comes. */
  readonly cut?: TransactionCut
}

/** How far a transaction came before git was killed, and what the next leader knows. */
export interface TransactionCut {
  /** References that have moved. */
  readonly moved: number
  /** Whether the lock files of the others are there, as git leaves them, or somebody has removed them since. */
  readonly leavesLocks: boolean
  /** Whether the log was lost as well. */
  readonly isForgotten: boolean
}

/** What a case came to. */
export interface KillRun {
  /** Steps of the last process. */
  readonly steps: number
  /** Processes that were killed: one that has fewer steps than the chosen one ends by itself. */
  readonly killed: number
}

/** Lands, kills, goes on, and throws where a landing was lost, doubled or faked. */
export type RunKillCase = (it: KillCase) => Promise<KillRun>

/** Makes what all cases have in common once: a repository to copy, and the program that is killed. */
export function withKillCases<T>(body: (run: RunKillCase) => Promise<T>): Promise<T> {
  return withTempDir(async (shared) => {
    const template = makeTempRepository(shared, { name: 'template', files: { 'a.txt': 'a\n' } })
    template.git('clone', '--quiet', '--bare', template.path, join(shared, 'remote.git'))
    for (const name of allNames) {
      template.git('switch', '--quiet', '--create', name, 'main')
      template.commit(name, { [`${name}.txt`]: `${name}\n` })
    }
    template.git('switch', '--quiet', 'main')
    await bundleProgram(join(shared, 'land-branches.mjs'))
    return body((it) => withTempDir((folder) => runCase(it, folder, shared)))
  })
}

/** Runs cases beside each other, since most of the time of each goes by while git runs, and collects what failed. */
export async function runAll(
  cases: readonly { readonly name: string; readonly run: () => Promise<unknown> }[],
): Promise<readonly string[]> {
  const failures: string[] = []
  const line = [...cases]
  const lane = async () => {
    for (let next = line.shift(); next !== undefined; next = line.shift())
      await next.run().catch((error: unknown) => failures.push(`${next?.name}: ${String(error)}`))
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane))
  return failures
}

/** In one file it starts in a third of the time that its sources take, which is most of the life of many of them. */
async function bundleProgram(file: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, '../programs/land-branches.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@ws/source'],
    // Some dependencies are CommonJS and ask for modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    logLevel: 'error',
  })
}

async function runCase(it: KillCase, folder: string, shared: string): Promise<KillRun> {
  cpSync(join(shared, 'template'), join(folder, 'repository'), { recursive: true, preserveTimestamps: true })
  const temp = makeTempRepository(folder, { files: null })
  if (!it.isCheckedOut) temp.git('switch', '--quiet', '--detach', 'main')
  if (it.hasRemote) {
    cpSync(join(shared, 'remote.git'), join(folder, 'remote.git'), { recursive: true })
    temp.git('remote', 'add', 'origin', join(folder, 'remote.git'))
  }
  const journal = join(folder, 'journal')
  const { moment, branches } = it
  let disturbance: string | undefined
  let [steps, killed] = [0, 0]
  for (const [i, killAt] of it.kills.entries()) {
    const file = join(folder, `steps-${i}`)
    const program =
      it.cut === undefined ? writeKillingGit(folder, file, killAt, moment) : writeCuttingGit(folder, it.cut)
    const plan = { path: temp.path, program, journal, steps: file, killAt, moment, branches }
    const end = await runChild(it.hasRemote ? { ...plan, remote: 'origin' } : plan, shared)
    steps = existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
    if (end === 'SIGKILL') killed++
    if (end !== 'SIGKILL' && end !== 'done') throw new Error(`it ended otherwise than by the kill: ${end}`)
    if (i === 0 && it.isDisturbed) disturbance = it.hasRemote ? pushFromElsewhere(temp) : commitBeside(temp)
  }
  if (it.cut?.isForgotten === true) rmSync(journal)
  await goOn(temp, journal, it)
  check(temp, journal, it, disturbance)
  return { steps, killed }
}

const allNames = ['one', 'two', 'broken', 'three']

/** A case that a seed stands for. */
export function randomKillCase(seed: number): KillCase {
  const random = new Random(seed)
  const names = allNames.slice(0, random.below(4) + 1)
  return {
    // A landing of one has some 25 steps, of four some 70: early and late kills, and some where little is left to do.
    kills: Array.from({ length: random.below(3) + 2 }, () => random.below(random.pick([12, 24, 60])) + 1),
    moment: random.pick(['before', 'after']),
    branches: names.map((name) => ({ name, method: random.pick(['merge', 'squash', 'rebase']) })),
    isCheckedOut: random.chance(0.5),
    hasRemote: random.chance(0.3),
    isDisturbed: random.chance(0.3),
  }
}

const keptGit = join(import.meta.dirname, '../../../git/test/fixtures/kept-git.sh')

function writeKillingGit(folder: string, steps: string, killAt: number, moment: 'before' | 'after'): string {
  const program = join(folder, 'killing-git')
  // Without a process more: there are some hundred calls in a case. A git that is kept open makes several of one number.
  const count =
    `calls=$((calls + 1)); echo "git $$ $calls" >> '${steps}'; ` +
    `n=0; while read -r step; do n=$((n+1)); [ "$step" = "git $$ $calls" ] && break; done < '${steps}'`
  const isIt = `[ $n -eq ${Number.isFinite(killAt) ? killAt : -1} ]`
  // One that is about to be run by whom a killed process has left cannot be written over.
  rmSync(program, { force: true })
  const kill = moment === 'before' ? 'kill_caller; exit 1' : 'git "$@"; kill_caller; exit 1'
  writeFileSync(
    program,
    `#!/bin/sh\ncalls=0\nis_it() { ${count}; ${isIt}; }\nwhen=${moment}\ncommitted='${steps}.committed'\n` +
      `. '${keptGit}'\nif is_it; then ${kill}; fi\nexec git "$@"\n`,
  )
  chmodSync(program, 0o755)
  return program
}

function writeCuttingGit(folder: string, { moved, leavesLocks }: TransactionCut): string {
  const program = join(folder, 'cutting-git')
  const cutting = `'${process.execPath}' '${join(import.meta.dirname, '../programs/cutting-git.ts')}'`
  const script = `if [ "$1" != update-ref ]; then exec git "$@"; fi\nexec ${cutting} ${moved} ${leavesLocks} "$@"`
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  return program
}

async function runChild(plan: LandBranches, shared: string): Promise<string> {
  const child = spawn(process.execPath, [join(shared, 'land-branches.mjs'), JSON.stringify(plan)], {
    env: { ...testEnvironment(), NODE_COMPILE_CACHE: join(shared, 'compiled'), NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  // Not 'close': what was started by the killed one may still hold its pipes.
  await once(child, 'exit')
  if (child.signalCode !== null) return child.signalCode
  return child.exitCode === 0 ? 'done' : `code ${child.exitCode}\n${output}`
}

function pushFromElsewhere(temp: TempRepository): string {
  const clone = join(temp.folder, 'clone')
  temp.git('clone', '--quiet', join(temp.folder, 'remote.git'), clone)
  writeFileSync(join(clone, 'elsewhere.txt'), 'elsewhere\n')
  temp.gitIn(clone, 'add', '--all')
  temp.gitIn(clone, 'commit', '--quiet', '--message', 'elsewhere')
  temp.gitIn(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  return temp.gitIn(clone, 'rev-parse', 'HEAD')
}

/** A person commits on the target, wherever that stands by now: a git of the killed one may still be at work. */
function commitBeside(temp: TempRepository): string {
  for (let round = 0; ; round++) {
    const before = temp.git('rev-parse', 'main')
    const beside = join(temp.folder, `beside-${round}`)
    temp.git('worktree', 'add', '--quiet', '--detach', beside, before)
    writeFileSync(join(beside, 'person.txt'), 'person\n')
    temp.gitIn(beside, 'add', '--all')
    temp.gitIn(beside, 'commit', '--quiet', '--message', 'by a person')
    const commit = temp.gitIn(beside, 'rev-parse', 'HEAD')
    temp.git('worktree', 'remove', '--force', beside)
    const isCheckedOut = temp.git('rev-parse', '--abbrev-ref', 'HEAD') === 'main'
    try {
      if (isCheckedOut) temp.git('merge', '--quiet', '--ff-only', commit)
      else temp.git('update-ref', 'refs/heads/main', commit, before)
      return commit
    } catch (error) {
      if (round === 9) throw error
    }
  }
}

/** The next leader: nothing is told to it but where the journal lies. */
async function goOn(temp: TempRepository, journal: string, { branches, hasRemote }: KillCase): Promise<void> {
  const repository = await openRepository(temp.path, { env: testEnvironment() })
  try {
    const queue = await openMergeQueue({
      repository,
      journal: await FileJournal.open(journal),
      checks: { unit: 'test ! -e broken.txt' },
      ...(hasRemote ? { remote: { name: 'origin', push: 'target' } } : {}),
    })
    try {
      for (const { name, method } of branches) await queue.add({ branch: name, id: name, method })
      await queue.process()
      await queue.sync()
      for (const { name } of branches) {
        const state = queue.get(name)?.state
        if (state !== (name === 'broken' ? 'FAILED' : 'MERGED'))
          throw new Error(`${name} is ${queue.why(name).text}`)
      }
    } finally {
      await queue.close()
    }
  } finally {
    await repository.close()
  }
}

function check(temp: TempRepository, journal: string, it: KillCase, disturbance: string | undefined): void {
  const events = readSteps(journal).flatMap(({ events: written }) => written as readonly QueueEvent[])
  checkQueueLog(events)
  const [main = '', landed] = temp.git('rev-parse', 'main', 'refs/ws/landed/main').split('\n')
  if (main !== landed) throw new Error(`main is at ${main}, the line at ${landed}`)
  if (it.hasRemote && temp.gitIn(join(temp.folder, 'remote.git'), 'rev-parse', 'main') !== main)
    throw new Error('the remote is elsewhere')
  if (disturbance !== undefined) temp.git('merge-base', '--is-ancestor', disturbance, 'main')
  // Each branch landed once: its file is there, and one commit of the history brought it.
  const brought = temp.git('log', '--first-parent', '-m', '--format=', '--name-only', 'main').split('\n')
  for (const { name } of it.branches) {
    const times = brought.filter((file) => file === `${name}.txt`).length
    if (times !== (name === 'broken' ? 0 : 1)) throw new Error(`${name} landed ${times} times`)
  }
  const values = temp.git('log', '--walk-reflogs', '--format=%H', 'refs/ws/landed/main').split('\n')
  const bad = temp.git('rev-list', ...new Set(values), '--', 'broken.txt')
  if (bad !== '') throw new Error(`the line was never green with ${bad}`)
  const dirty = it.isCheckedOut ? temp.git('status', '--short') : ''
  if (dirty !== '') throw new Error(`the checkout is not clean:\n${dirty}`)
  temp.git('fsck', '--connectivity-only', '--no-dangling')
  for (const number of [1, 2])
    if (findMarked(`${temp.path}.queue/${number}`).length > 0) throw new Error('a check still runs')
  if (existsSync(`${temp.path}.queue`)) throw new Error('checkouts are left behind')
}
