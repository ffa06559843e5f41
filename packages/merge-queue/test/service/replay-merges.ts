// Lands again what was merged in a clone that somebody has, and compares it with plain git. For the soak.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '@ws/core/testing'
import { makeTempRepository, withTempDir } from '@ws/testing'
import { testEnvironment } from '../opened.ts'
import { type GreenRun, landAndCompare } from './land-and-compare.ts'

/** A merge of two parents on the first-parent line of a clone: what was there, and what was merged. */
interface PastMerge {
  readonly onto: string
  readonly branch: string
}

/** The merges on the first-parent line of a clone, oldest first. Nothing in it is changed. */
export function readMerges(clone: string): readonly PastMerge[] {
  return gitIn(clone, 'rev-list', '--reverse', '--first-parent', '--merges', '--parents', 'HEAD')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([, onto, branch, ...more]) =>
      onto === undefined || branch === undefined || more.length > 0 ? [] : [{ onto, branch }],
    )
}

/**
 * Lands some merges that followed each other, on what the first of them was merged onto: what was committed directly
 * in between is missing, so that some merge cleanly and some do not.
 */
export function replayMerges(clone: string, merges: readonly PastMerge[], seed: number): Promise<GreenRun> {
  return withTempDir((folder) => {
    const isSha256 = gitIn(clone, 'rev-parse', '--show-object-format') === 'sha256'
    const temp = makeTempRepository(folder, { files: null, objectFormat: isSha256 ? 'sha256' : 'sha1' })
    const objects = gitIn(clone, 'rev-parse', '--path-format=absolute', '--git-path', 'objects')
    writeFileSync(join(temp.path, '.git/objects/info/alternates'), `${objects}\n`)
    // What line ends and filters do to a checkout is not what is looked at here.
    writeFileSync(join(temp.path, '.git/info/attributes'), '* -text -filter -ident -working-tree-encoding\n')
    const random = new Random(seed)
    const branches = merges.map(({ branch }, i) => ({ name: `merged-${i}`, commit: branch }))
    temp.git('update-ref', 'refs/heads/main', merges[0]?.onto ?? '')
    for (const { name, commit } of branches) temp.git('update-ref', `refs/heads/${name}`, commit)
    temp.git('reset', '--quiet', '--hard')
    if (random.chance(0.5)) temp.git('switch', '--quiet', '--detach')
    // One result in sixteen is red, whatever it holds.
    return landAndCompare({ temp, branches, isGreen: (tree) => !tree.startsWith('0'), random })
  })
}

function gitIn(clone: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', clone, ...args], {
    encoding: 'utf8',
    env: testEnvironment(),
    maxBuffer: 100_000_000,
  }).trimEnd()
}
