import { WsError } from '@ws/core'
import { branchRef, type Repository } from '@ws/git'
import { findRef } from '../landing/find-ref.ts'
import type { EntrySpec } from '../queue/queue-spec.ts'
import type { ParsedEntryInput } from './entry-input.ts'
import type { QueueOptions } from './queue-options.ts'

/** An entry with every default applied and every name looked up. */
export async function toEntrySpec(
  repository: Repository,
  input: ParsedEntryInput,
  options: QueueOptions,
): Promise<EntrySpec> {
  const target = input.target ?? options.target
  if ((await findRef(repository, branchRef(target))) === undefined)
    throw new WsError('WS_QUEUE_NO_SUCH_TARGET', `there is no branch ${JSON.stringify(target)} to land on`, {
      details: { target },
      hint: 'make it, or name another one with `target`',
    })
  const commit = await repository.resolveCommit(input.commit ?? input.branch)
  const base = input.base === undefined ? undefined : await repository.resolveCommit(input.base)
  const { advisory, afterwards, after, claims, message, trailers } = input
  return {
    id: input.id ?? `${input.branch}@${commit.slice(0, 12)}`,
    kind: 'branch',
    branch: input.branch,
    commit,
    target,
    level: input.level ?? input.priority ?? options.priority,
    after,
    checks:
      input.checks ??
      Object.keys(options.checks).filter((name) => !advisory.includes(name) && !afterwards.includes(name)),
    advisory,
    afterwards,
    approve: input.approve ?? options.approve,
    method: input.method ?? options.method,
    ...(base === undefined ? {} : { base }),
    ...(claims === undefined
      ? {}
      : {
          claims: claims.map(({ exclude, ...claim }) => ({
            ...claim,
            ...(exclude === undefined ? {} : { exclude }),
          })),
        }),
    ...(message === undefined ? {} : { message }),
    ...(trailers === undefined ? {} : { trailers }),
  }
}
