// What the tests of landings share: a repository with something to land.
import { parseObjectId, type ObjectId } from '@ws/git'
import { digestContentPrograms } from '@ws/git'
import { type Landing, landTarget, type LandOptions } from '../../src/landing/land-target.ts'
import { observeTarget, type ObserveOptions, type Sight } from '../../src/landing/observe-target.ts'
import type { LandOutcome } from '../../src/queue/queue-input.ts'
import { makeCommits } from '../make-commits.ts'
import { type Opened, withOpened } from '../opened.ts'

/** A target with a line of its own, and the commits that may land on it. */
export interface Line extends Opened {
  /** The leadership's epoch. */
  readonly epoch: number
  look(options?: Partial<ObserveOptions>): Promise<Sight | undefined>
  /** A commit on top of another one, without touching any checkout. */
  commitOn(parent: string, files: Readonly<Record<string, string>>): ObjectId
  land(to: ObjectId, options?: Partial<LandOptions & Landing>): Promise<LandOutcome>
  ref(name: string): ObjectId | undefined
}

/** A repository with `main` checked out, looked at for the first time. */
export function withLine(
  body: (line: Line) => Promise<void>,
  files: Readonly<Record<string, string>> = { 'a.txt': 'a\n', 'b.txt': 'b\n' },
): Promise<void> {
  return withOpened(
    async (opened) => {
      const { temp, repository } = opened
      const answer = await repository.lead()
      if (!answer.isLeader) throw new Error('somebody else leads a new repository')
      const { epoch } = answer.leadership
      const contentPrograms = await digestContentPrograms(repository)
      const ref = (name: string) => {
        const found = temp.git('for-each-ref', '--format=%(objectname)', name)
        return found === '' ? undefined : parseObjectId(found)
      }
      const line: Line = {
        ...opened,
        epoch,
        ref,
        look: (options = {}) => observeTarget(repository, 'main', { epoch, contentPrograms, ...options }),
        commitOn: (parent, files) =>
          makeCommits(temp, {
            from: parent,
            commits: [{ message: `changes ${Object.keys(files).join()}`, files }],
          }),
        land: (to, { from, target = 'main', ...options } = {}) =>
          landTarget(
            repository,
            { target, from: from ?? ref(`refs/ws/landed/${target}`) ?? to, to },
            { epoch, ...options },
          ),
      }
      try {
        await line.look()
        await body(line)
      } finally {
        await answer.leadership.close()
      }
    },
    { files },
  )
}
