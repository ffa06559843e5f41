// Lands a generated history and compares all of it with plain git. For the test, and for longer for the soak.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Random } from '@ws/core/testing'
import { openRepository, parseObjectId, type Repository } from '@ws/git'
import { makeTempRepository, withTempDir } from '@ws/testing'
import { checkQueueInvariants } from '../../src/queue/check-queue-invariants.ts'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { testEnvironment } from '../opened.ts'
import { makeRandomBranches } from './random-branches.ts'

/** What came of one history. */
export interface GreenRun {
  readonly landed: number
  readonly conflicted: number
  readonly failed: number
}

/** Makes a history, lands what can land, and throws where anything is not as it should be. */
export function landRandomBranches(seed: number, count: number): Promise<GreenRun> {
  return withTempDir(async (folder) => {
    const temp = makeTempRepository(folder, { files: null })
    const branches = makeRandomBranches(temp.path, seed, count)
    temp.git('reset', '--quiet', '--hard')
    const first = temp.git('rev-parse', 'main')
    const random = new Random(seed)
    if (random.chance(0.5)) temp.git('switch', '--quiet', '--detach')
    const repository = await openRepository(temp.path, { env: testEnvironment() })
    const passed = new Set<string>()
    const unit = async ({ tree }: { readonly tree: string }) => {
      const isGood = await isGreen(repository, tree)
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
        const withBase = base !== undefined && random.chance(0.5)
        await queue.add({ branch: name, id: name, method, ...(withBase ? { base } : {}) })
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
      compareWithGit(temp.path, folder, events, new Map(branches.map(({ name, commit }) => [name, commit])))
      const of = (state: string) => ended.filter((entry) => entry.state === state).length
      const run = { landed: of('MERGED'), conflicted: of('CONFLICTED'), failed: of('FAILED') }
      const rest = ended.length - run.landed - run.conflicted - run.failed
      if (rest > 0) throw new Error(`${rest} entries are neither landed nor out`)
      return run
    } finally {
      await queue.close()
      await repository.close()
    }
  })
}

/** The rule of this repository: no file `broken`, and of no number both halves. */
async function isGreen(repository: Repository, tree: string): Promise<boolean> {
  const object = await repository.readObject(parseObjectId(tree))
  const text = object?.content.toString('latin1') ?? ''
  if (/ broken\0/.test(text)) return false
  return [0, 1, 2, 3].every((n) => !(text.includes(` left-${n}\0`) && text.includes(` right-${n}\0`)))
}

/** Merges each pair that the queue tried with `git merge` in a worktree: the same tree, or a stop in the same files. */
function compareWithGit(
  path: string,
  folder: string,
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
  const script = join(folder, 'merge-all.sh')
  writeFileSync(
    script,
    `cd '${folder}/oracle' || exit 1
while read -r onto commit; do
  git reset --quiet --hard "$onto" || exit 1
  if git -c merge.directoryRenames=false merge --quiet --no-ff --no-commit "$commit" >/dev/null 2>&1; then
    echo "tree $(git write-tree)"
  else
    echo "stopped $(git ls-files --unmerged | cut -f2 | sed 's/~[0-9a-zA-Z_]*$//' | LC_ALL=C sort -u | paste -sd,)"
    git reset --quiet --hard && git clean -ffdxq
  fi
done
`,
  )
  execFileSync('git', ['-C', path, 'worktree', 'add', '--quiet', '--detach', `${folder}/oracle`, 'main'])
  const input = tried.map(({ onto, entryId }) => `${onto} ${commits.get(entryId)}\n`).join('')
  const env = {
    ...testEnvironment(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_COMMITTER_NAME: 'o',
    GIT_COMMITTER_EMAIL: 'o@o',
  }
  const theirs = execFileSync('sh', [script], { input, encoding: 'utf8', env, maxBuffer: 100_000_000 }).split(
    '\n',
  )
  const differ = tried.filter(({ ours }, i) => ours !== theirs[i])
  if (differ.length === 0 && isDeepStrictEqual(theirs.length, tried.length + 1)) return
  const [shown] = differ
  const index = shown === undefined ? 0 : tried.indexOf(shown)
  throw new Error(
    `${differ.length} of ${tried.length} differ from git: ${JSON.stringify(shown)}, git says ${theirs[index]}`,
  )
}
