// Lands a generated history and compares all of it with plain git. For the test, and for longer for the soak.
import { Random } from '@ws/core/testing'
import { parseObjectId, type Repository } from '@ws/git'
import { makeTempRepository, withTempDir } from '@ws/testing'
import { type GreenRun, landAndCompare } from './land-and-compare.ts'
import { makeRandomBranches } from './random-branches.ts'

/** Makes a history, lands what can land, and throws where anything is not as it should be. */
export function landRandomBranches(seed: number, count: number): Promise<GreenRun> {
  return withTempDir((folder) => {
    const temp = makeTempRepository(folder, { files: null })
    const random = new Random(seed)
    const branches = makeRandomBranches(temp.path, seed, count).map(({ name, commit, base }) => ({
      name,
      commit,
      ...(base !== undefined && random.chance(0.5) ? { base } : {}),
    }))
    temp.git('reset', '--quiet', '--hard')
    if (random.chance(0.5)) temp.git('switch', '--quiet', '--detach')
    return landAndCompare({ temp, branches, isGreen, random })
  })
}

/** The rule of this repository: no file `broken`, and of no number both halves. */
async function isGreen(tree: string, repository: Repository): Promise<boolean> {
  const object = await repository.readObject(parseObjectId(tree))
  const text = object?.content.toString('latin1') ?? ''
  if (/ broken\0/.test(text)) return false
  return [0, 1, 2, 3].every((n) => !(text.includes(` left-${n}\0`) && text.includes(` right-${n}\0`)))
}
