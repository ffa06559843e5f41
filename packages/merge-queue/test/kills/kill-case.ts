// One landing of some branches, killed at a numbered step and gone on with. For the tests, and for longer for the soak.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
}

/** Lands, kills, goes on, and throws where a landing was lost, doubled or faked. Resolves with the steps there were. */
export function runKillCase(it: KillCase): Promise<number> {
  return withTempDir(async (folder) => {
    const temp = makeTempRepository(folder, { files: { 'a.txt': 'a\n' } })
    for (const { name } of it.branches) {
      temp.git('switch', '--quiet', '--create', name, 'main')
      temp.commit(name, { [`${name}.txt`]: `${name}\n` })
    }
    temp.git('switch', '--quiet', ...(it.isCheckedOut ? ['main'] : ['--detach', 'main']))
    if (it.hasRemote) {
      temp.git('init', '--quiet', '--bare', '--initial-branch=main', join(folder, 'remote.git'))
      temp.git('remote', 'add', 'origin', join(folder, 'remote.git'))
      temp.git('push', '--quiet', 'origin', 'main')
    }
    const journal = join(folder, 'journal')
    let disturbance: string | undefined
    let counted = 0
    for (const [i, killAt] of it.kills.entries()) {
      const steps = join(folder, `steps-${i}`)
      const program = writeKillingGit(folder, steps, killAt, it.moment)
      const plan = {
        path: temp.path,
        program,
        journal,
        steps,
        killAt,
        moment: it.moment,
        branches: it.branches,
      }
      const end = await runChild(it.hasRemote ? { ...plan, remote: 'origin' } : plan)
      counted = existsSync(steps) ? readFileSync(steps, 'utf8').split('\n').length - 1 : 0
      if (end !== 'SIGKILL' && end !== 'done') throw new Error(`it ended otherwise than by the kill: ${end}`)
      if (i === 0 && it.isDisturbed) disturbance = it.hasRemote ? pushFromElsewhere(temp) : commitBeside(temp)
    }
    await goOn(temp, journal, it)
    check(temp, journal, it, disturbance)
    return counted
  })
}

/** A case that a seed stands for. */
export function randomKillCase(seed: number): KillCase {
  const random = new Random(seed)
  const names = ['one', 'two', 'broken', 'three'].slice(0, random.below(4) + 1)
  return {
    kills: Array.from({ length: random.below(2) + 1 }, () => random.below(60) + 1),
    moment: random.pick(['before', 'after']),
    branches: names.map((name) => ({ name, method: random.pick(['merge', 'squash', 'rebase']) })),
    isCheckedOut: random.chance(0.5),
    hasRemote: random.chance(0.3),
    isDisturbed: random.chance(0.3),
  }
}

function writeKillingGit(folder: string, steps: string, killAt: number, moment: 'before' | 'after'): string {
  const program = join(folder, 'killing-git')
  const kill = `[ $n -eq ${Number.isFinite(killAt) ? killAt : -1} ] && { kill -9 $PPID; exit 1; }`
  writeFileSync(
    program,
    `#!/bin/sh\necho "git $$" >> '${steps}'\nn=$(grep -nx "git $$" '${steps}' | cut -d: -f1)\n${
      moment === 'before' ? `${kill}\nexec git "$@"\n` : `git "$@"; code=$?\n${kill}\nexit $code\n`
    }`,
  )
  chmodSync(program, 0o755)
  return program
}

async function runChild(plan: LandBranches): Promise<string> {
  const program = join(import.meta.dirname, '../programs/land-branches.ts')
  const child = spawn(process.execPath, ['--conditions=@ws/source', program, JSON.stringify(plan)], {
    env: { ...testEnvironment(), NODE_NO_WARNINGS: '1' },
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
  const [main, landed] = [temp.git('rev-parse', 'main'), temp.git('rev-parse', 'refs/ws/landed/main')]
  if (main !== landed) throw new Error(`main is at ${main}, the line at ${landed}`)
  if (it.hasRemote && temp.gitIn(join(temp.folder, 'remote.git'), 'rev-parse', 'main') !== main)
    throw new Error('the remote is elsewhere')
  if (disturbance !== undefined) temp.git('merge-base', '--is-ancestor', disturbance, 'main')
  // Each branch landed once: its file is there, and one commit of the history brought it.
  for (const { name } of it.branches) {
    const brought = temp.git('rev-list', '--first-parent', 'main', '--', `${name}.txt`)
    const times = brought === '' ? 0 : brought.split('\n').length
    if (times !== (name === 'broken' ? 0 : 1)) throw new Error(`${name} landed ${times} times`)
  }
  for (const value of temp.git('log', '--walk-reflogs', '--format=%H', 'refs/ws/landed/main').split('\n'))
    if (temp.git('ls-tree', '--name-only', value).includes('broken.txt'))
      throw new Error(`${value} was never green`)
  const dirty = it.isCheckedOut ? temp.git('status', '--short') : ''
  if (dirty !== '') throw new Error(`the checkout is not clean:\n${dirty}`)
  temp.git('fsck', '--connectivity-only', '--no-dangling')
  for (const number of [1, 2])
    if (findMarked(`${temp.path}.queue/${number}`).length > 0) throw new Error('a check still runs')
  if (existsSync(`${temp.path}.queue`)) throw new Error('checkouts are left behind')
}
