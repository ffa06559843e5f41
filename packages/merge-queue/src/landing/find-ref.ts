import type { ObjectId, RefName, Repository } from '@ws/git'

/** What a reference holds. That it is not there is asked of git itself, which tells a broken one from none. */
export async function findRef(repository: Repository, ref: RefName): Promise<ObjectId | undefined> {
  return (await repository.lookUp(ref)) ?? repository.readRef(ref)
}
