// Lands the branches of a repository and compares all of it with plain git.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '@ws/core/testing'
import { openRepository, type Repository } from '@ws/git'
import type { TempRepository } from '@ws/testing'
import { checkQueueInvariants } from '../../src/queue/check-queue-invariants.ts'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { testEnvironment } from '../opened.ts'

/** What came of one history. */
export interface GreenRun {
  readonly landed: number
  readonly conflicted: number
  readonly failed: number
}

/** A branch that is there, and the base that its entry names. */
interface HistoryBranch {
  readonly name: string
  readonly commit: string
  readonly base?: string
}

/** What is landed on `main`. */
interface History {
  readonly temp: TempRepository
  readonly branches: readonly HistoryBranch[]
  /** What this repository calls green. */
  readonly isGreen: (tree: string, repository: Repository) => boolean | Promise<boolean>
  /** How the queue is set up. */
  readonly random: Random
}

/** Lands what can land, and throws where anything is not as it should be. */
export async function landAndCompare({ temp, branches, isGreen, random }: History): Promise<GreenRun> {
  const first = temp.git('rev-parse', 'main')
  const repository = await openRepository(temp.path, { env: testEnvironment() })
  const passed = new Set<string>()
  const unit = async ({ tree }: { readonly tree: string }) => {
    const isGood = await isGreen(tree, repository)
    if (isGood) passed.add(tree)
    return isGood
  }
  const queue = await openMergeQueue({
    repository,
    slots: random.below(4) + 1,
    policy: random.pick(['adaptive', 'serial', 'batch-bisect', 'speculative']),
    maxBatch: 8,
    checks: { unit: { run: unit, checkout: false } },
  })
  const events: QueueEvent[] = []
  queue.events.on('*', ({ event }) => events.push(event))
  try {
    for (const { name, base } of branches) {
      const method = random.pick(['merge', 'merge', 'squash'] as const)
      await queue.add({ branch: name, id: name, method, ...(base === undefined ? {} : { base }) })
    }
    const ended = await queue.process()
    checkQueueInvariants(queue.state)
    checkQueueLog(events)

    // Every value that the target took holds a pass on its tree.
    const line = temp.git('log', '--walk-reflogs', '--format=%T %H', 'refs/ws/landed/main').split('\n')
    const values = [...line, ...temp.git('log', '--walk-reflogs', '--format=%T %H', 'main').split('\n')]
    for (const value of values) {
      const [tree = '', commit = ''] = value.split(' ')
      if (commit !== first && !passed.has(tree)) throw new Error(`${commit} of the target holds no pass`)
    }
    // Nothing is half merged: branch, index and files are the line's.
    if (temp.git('rev-parse', 'main') !== temp.git('rev-parse', 'refs/ws/landed/main'))
      throw new Error('main lags')
    const dirty = temp.git('status', '--short')
    if (dirty !== '') throw new Error(`the checkout is not clean:\n${dirty}`)
    compareWithGit(temp, events, new Map(branches.map(({ name, commit }) => [name, commit])))
    const of = (state: string) => ended.filter((entry) => entry.state === state).length
    const run = { landed: of('MERGED'), conflicted: of('CONFLICTED'), failed: of('FAILED') }
    const rest = ended.length - run.landed - run.conflicted - run.failed
    if (rest > 0) throw new Error(`${rest} entries are neither landed nor out`)
    return run
  } finally {
    await queue.close()
    await repository.close()
  }
}

const toldAtMost = 50

/** Merges each pair that the queue tried with `git merge` in a clone: the same tree, or a stop in the same files. */
function compareWithGit(
  { path, folder, gitIn }: TempRepository,
  events: readonly QueueEvent[],
  commits: ReadonlyMap<string, string>,
): void {
  const tried = events.flatMap((event) => {
    if (event.type === 'candidate.built' && !event.isEmpty)
      return [{ onto: event.onto, entryId: event.entryId, ours: `tree ${event.tree}` }]
    if (event.type === 'candidate.failed' && event.problem.reason === 'conflicted') {
      const paths = event.problem.conflicts.map((conflict) => conflict.path.replace(/~[0-9a-zA-Z_]+$/, ''))
      return [
        {
          onto: event.onto,
          entryId: event.entryId,
          ours: `stopped ${[...new Set(paths)].toSorted().join()}`,
        },
      ]
    }
    return []
  })
  // All that the repository says of drivers, filters and line ends is replaced by git's merge of text as it lies there.
  const oracle = join(folder, 'oracle')
  gitIn(folder, 'clone', '--quiet', '--shared', '--no-checkout', path, oracle)
  mkdirSync(join(oracle, '.git/info'), { recursive: true })
  writeFileSync(
    join(oracle, '.git/info/attributes'),
    '* merge=text -text -filter -ident -working-tree-encoding\n',
  )
  const script = join(folder, 'merge-all.sh')
  writeFileSync(
    script,
    `cd '${oracle}' || exit 1
while read -r onto commit; do
  git reset --quiet --hard "$onto" || exit 1
  if git -c merge.directoryRenames=false merge --quiet --no-ff --no-commit "$commit" >/dev/null 2>&1; then
    echo "tree $(git write-tree)"
  else
    git -c core.quotePath=false ls-files --unmerged || exit 1
    echo stopped
    git reset --quiet --hard && git clean -ffdxq
  fi
done
`,
  )
  const input = tried.map(({ onto, entryId }) => `${onto} ${commits.get(entryId)}\n`).join('')
  const env = {
    ...testEnvironment(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_COMMITTER_NAME: 'o',
    GIT_COMMITTER_EMAIL: 'o@o',
  }
  const theirs = readAnswers(
    execFileSync('sh', [script], { input, encoding: 'utf8', env, maxBuffer: 100_000_000 }),
  )
  // Of very many conflicts only the first ones are told.
  const isSame = (ours: string, other = '') =>
    ours === other || (ours.split(',').length >= toldAtMost && other.startsWith(ours))
  const differ = tried.filter(({ ours }, i) => !isSame(ours, theirs[i]))
  if (differ.length === 0 && theirs.length === tried.length) return
  const [shown] = differ
  const index = shown === undefined ? 0 : tried.indexOf(shown)
  throw new Error(
    `${differ.length} of ${tried.length} differ from git: ${JSON.stringify(shown)}, git says ${theirs[index]}`,
  )
}

/** One answer for each merge: its tree, or the files that were unmerged where it stopped. */
function readAnswers(said: string): readonly string[] {
  const answers: string[] = []
  const unmerged = new Set<string>()
  for (const line of said.split('\n').slice(0, -1)) {
    const path = line.split('\t')[1]
    if (path !== undefined) unmerged.add(path.replace(/~[0-9a-zA-Z_]*$/, ''))
    else if (line !== 'stopped') answers.push(line)
    else {
      answers.push(`stopped ${[...unmerged].toSorted().join()}`)
      unmerged.clear()
    }
  }
  return answers
}
