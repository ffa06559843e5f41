import { changedPaths, parseObjectId, type Repository, type Rescue, type RescueContent } from '@ws/git'

/** More than anybody looks through; each of them costs a look. */
const most = 100

/**
 * States that were kept under the same name before, the newest first: a worktree that vanished is kept once more, with
 * what was left of it, and what it held when it was last seen is beneath that.
 */
export async function earlierStates(repository: Repository, rescue: Rescue): Promise<readonly Rescue[]> {
  const states: Rescue[] = []
  let commit: Rescue['commit'] | undefined = rescue.commit
  while (commit !== undefined && states.length < most) {
    commit = await earlierOf(repository, rescue, commit, states)
  }
  return states
}

async function earlierOf(
  repository: Repository,
  rescue: Rescue,
  commit: Rescue['commit'],
  states: Rescue[],
): Promise<Rescue['commit'] | undefined> {
  const parents = await read(repository, commit, '%P')
  const subject = `last state of ${rescue.workstream}, attempt ${rescue.attempt}`
  // The one before comes last among the parents.
  for (const parent of parents.split(' ').filter(Boolean).toReversed()) {
    const id = parseObjectId(parent)
    const [said = '', seconds = '', , reason = ''] = (await read(repository, id, '%s%n%ct%n%n%b')).split('\n')
    if (said !== subject) continue
    states.push({ ...rescue, commit: id, reason, at: Number(seconds) * 1_000 })
    return id
  }
  return undefined
}

/** What an earlier state holds beyond the commit that it was based on. */
export async function showEarlier(
  repository: Repository,
  rescue: Rescue,
): Promise<Pick<RescueContent, 'changes'>> {
  const [base] = (await read(repository, rescue.commit, '%P')).split(' ')
  const git = await repository.content.bare()
  return {
    changes:
      base === undefined || base === '' ? [] : await changedPaths(git, parseObjectId(base), rescue.commit),
  }
}

function read({ git }: Repository, commit: string, format: string): Promise<string> {
  return git.text(['log', '--max-count=1', `--format=${format}`, commit, '--'])
}
