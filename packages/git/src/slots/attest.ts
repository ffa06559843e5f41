// Isolation, attested: what a tool must not have touched, read before it starts and again when it ends. The
// journal keeps the first reading; it is plain data.
import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { RefName } from '../door/names.ts'
import { allEnded } from '../platform/all-ended.ts'
import type { Repository } from '../repository/repository.ts'
import { headBranch, requireIntact } from './registration.ts'
import type { SlotRecord } from './slot-record.ts'

/** A reading of everything that a tool shares with the repository it works in. */
export interface Attestation {
  /** Every reference outside `refs/ws/`, the stash among them. */
  readonly refs: Readonly<Record<string, string>>
  /** Digests of configuration, hooks, attributes, grafts and alternates; `absent` where there is none. */
  readonly files: Readonly<Record<string, string>>
  readonly headBranch: RefName | null
}

/** One thing that is not as it was. */
export interface IsolationBreach {
  readonly kind: 'directory' | 'branch' | 'ref' | 'stash' | 'hook' | 'configuration'
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

// Read by git on its own in the user's next command, each a way to run a program or to bend what git reads.
const sharedFiles = [
  'config',
  'config.worktree',
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'info/sparse-checkout',
  'objects/info/alternates',
  'shallow',
]

/** Reads the present state. @throws `WS_GIT_ISOLATION` if the worktree is not tied to its repository any more */
export async function attest(repository: Repository, record: SlotRecord): Promise<Attestation> {
  const { commonDir } = repository.facts
  const admin = record.admin ?? ''
  await requireIntact(commonDir, record.path, admin)
  const own = [`worktrees/${admin}/config.worktree`, `worktrees/${admin}/locked`]
  const read = (name: string) => digest(join(commonDir, name)).then((found) => [name, found] as const)
  // A tool waits for it, and no part for another.
  const [shared, hooks, refs, head] = await allEnded([
    Promise.all([...sharedFiles, ...own].map(read)),
    listHooks(commonDir).then((names) => Promise.all(names.map((name) => read(`hooks/${name}`)))),
    repository.listForeignRefs(),
    headBranch(repository.git, admin),
  ])
  return {
    refs: Object.fromEntries(refs.map(({ name, id }) => [name, id])),
    files: Object.fromEntries([...shared, ...hooks]),
    headBranch: head ?? null,
  }
}

/** What may differ between two readings. */
export interface CompareOptions {
  /** References that may have moved: the slot's own branch, those of other slots, what the caller moved himself. */
  readonly mayMove?: (ref: string) => boolean
}

/** What differs between two readings, in a fixed order. */
export function compareAttestations(
  before: Attestation,
  after: Attestation,
  { mayMove = () => false }: CompareOptions = {},
): IsolationBreach[] {
  const breaches: IsolationBreach[] = []
  if (before.headBranch !== after.headBranch)
    breaches.push({ kind: 'branch', name: 'HEAD', before: before.headBranch, after: after.headBranch })
  for (const { name, ...values } of differences(before.refs, after.refs)) {
    if (name === 'refs/stash') breaches.push({ kind: 'stash', name, ...values })
    else if (!mayMove(name)) breaches.push({ kind: 'ref', name, ...values })
  }
  for (const { name, ...values } of differences(before.files, after.files))
    breaches.push({ kind: name.startsWith('hooks/') ? 'hook' : 'configuration', name, ...values })
  return breaches
}

/** Reads again and compares; a worktree that was cut off from its repository is a breach, not an error. */
export async function attestAgain(
  repository: Repository,
  record: SlotRecord,
  before: Attestation,
  options: CompareOptions = {},
): Promise<IsolationBreach[]> {
  const mayMove = (ref: string) => ref === record.branch || (options.mayMove?.(ref) ?? false)
  try {
    return compareAttestations(before, await attest(repository, record), { mayMove })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'WS_GIT_ISOLATION') throw error
    return [{ kind: 'directory', name: record.path, before: record.path, after: error.message }]
  }
}

function differences(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }))
}

async function listHooks(commonDir: string): Promise<string[]> {
  const names = await readdir(join(commonDir, 'hooks')).catch(() => [])
  return names.filter((name) => !name.endsWith('.sample')).toSorted()
}

async function digest(path: string): Promise<string> {
  try {
    const found = await lstat(path)
    if (found.isSymbolicLink()) return `link to ${await readlink(path)}`
    if (!found.isFile()) return 'not a file'
    const hash = createHash('sha256').update(await readFile(path))
    return `${hash.digest('hex').slice(0, 32)} ${(found.mode & 0o777).toString(8)}`
  } catch {
    return 'absent'
  }
}
