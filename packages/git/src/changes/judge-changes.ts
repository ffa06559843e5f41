import { type Breach, type ClaimPattern, matchesClaim, violations } from '@ws/core'
import type { ChangedPath } from './changed-paths.ts'
import type { TreeEdit } from './edit-tree.ts'
import type { ChangeProblem, InspectedChanges } from './inspect-changes.ts'

/** What a task may change, and what becomes of the rest. */
export interface ChangePolicy {
  /** What the workstream may change. */
  readonly claims: readonly (string | ClaimPattern)[]
  /** What becomes of a change to a tracked file outside the claims. @default 'quarantine' */
  readonly enforce?: 'quarantine' | 'revert' | 'warn'
  /** Paths that the tool keeps for itself, such as `.aider*`. */
  readonly toolPaths?: readonly string[]
  /** Files that a command makes anew. @default the lock files of `knownGenerated` */
  readonly generated?: readonly string[]
  /** Paths for which a claim must name them, not merely cover them. @default `protectedNames` */
  readonly protectedNames?: readonly string[]
  /** Whether the repository compares names without case. @default false */
  readonly ignoreCase?: boolean
}

/** Every changed path, once, by what becomes of it. */
export interface Judgement {
  /** Committed. */
  readonly inside: readonly string[]
  /** Tracked files outside the claims. */
  readonly outside: readonly string[]
  /** New files outside the claims: not committed, kept by the pin. */
  readonly setAside: readonly string[]
  /** The tool's own: put back. */
  readonly toolOwn: readonly string[]
  /** Put back here, made anew on the candidate. */
  readonly generated: readonly string[]
  readonly problems: readonly ChangeProblem[]
  /** What sends the work to quarantine, if anything. */
  readonly breaches: readonly Breach[]
  /** What to do to the snapshot's tree before it is committed. */
  readonly edits: readonly TreeEdit[]
}

/** Lock files, with the command that makes each anew. */
export const knownGenerated: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm install --package-lock-only',
  'npm-shrinkwrap.json': 'npm install --package-lock-only',
  'pnpm-lock.yaml': 'pnpm install --lockfile-only',
  'yarn.lock': 'yarn install --mode update-lockfile',
  'Cargo.lock': 'cargo update --workspace',
  'poetry.lock': 'poetry lock',
  'uv.lock': 'uv lock',
  'Gemfile.lock': 'bundle lock',
  'composer.lock': 'composer update --lock',
}

/** Names by which git or a forge runs something: a claim such as `**` does not reach them. */
export const protectedNames: readonly string[] = [
  '.gitattributes',
  '.gitmodules',
  '.github',
  '.gitlab-ci.yml',
  '.circleci',
  '.buildkite',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'Jenkinsfile',
]

/** Sorts what a task changed by kind and says what to commit. Pure: everything it needs is in its arguments. */
export function judgeChanges({ changes, problems }: InspectedChanges, policy: ChangePolicy): Judgement {
  const ignoreCase = policy.ignoreCase ?? false
  const outsideClaims = new Set(
    violations(
      policy.claims,
      changes.map(({ path }) => path),
      { ignoreCase },
    ),
  )
  const matchesAny = (patterns: readonly string[], path: string) =>
    patterns.some((pattern) => matchesClaim(pattern, path, { ignoreCase }))
  const generatedPatterns =
    policy.generated ?? Object.keys(knownGenerated).flatMap((name) => [name, `**/${name}`])
  const sorted = { inside: [], outside: [], setAside: [], toolOwn: [], generated: [] } satisfies Record<
    string,
    ChangedPath[]
  >
  const kinds: Record<keyof typeof sorted, ChangedPath[]> = sorted
  for (const change of changes) {
    const { path } = change
    if (!outsideClaims.has(path) && !isUnnamed(path, policy)) kinds.inside.push(change)
    else if (matchesAny(policy.toolPaths ?? [], path)) kinds.toolOwn.push(change)
    else if (matchesAny(generatedPatterns, path)) kinds.generated.push(change)
    else if (change.kind === 'added') kinds.setAside.push(change)
    else kinds.outside.push(change)
  }
  const enforce = policy.enforce ?? 'quarantine'
  const breaches: Breach[] = []
  if (problems.length > 0)
    breaches.push({ breach: 'forbidden-path', paths: [...new Set(problems.map(({ path }) => path))] })
  if (enforce === 'quarantine' && kinds.outside.length > 0)
    breaches.push({ breach: 'outside-claims', paths: toPaths(kinds.outside) })
  const undone = [
    ...kinds.setAside,
    ...kinds.toolOwn,
    ...kinds.generated,
    ...(enforce === 'revert' ? kinds.outside : []),
  ]
  return {
    inside: toPaths(kinds.inside),
    outside: toPaths(kinds.outside),
    setAside: toPaths(kinds.setAside),
    toolOwn: toPaths(kinds.toolOwn),
    generated: toPaths(kinds.generated),
    problems,
    breaches,
    edits: undone.map(({ path, before }) => (before === null ? { path, remove: true } : { path, ...before })),
  }
}

/** Whether a path is protected and no claim says its name: `.github/**` does, `**` and `*.yml` do not. */
function isUnnamed(path: string, policy: ChangePolicy): boolean {
  const names = policy.protectedNames ?? protectedNames
  const fold = (text: string) => (policy.ignoreCase === true ? text.toLowerCase() : text)
  const held = path.split('/').filter((part) => names.some((name) => fold(name) === fold(part)))
  if (held.length === 0) return false
  const said = policy.claims
    .flatMap((claim) => (typeof claim === 'string' ? claim : claim.path).split('/'))
    .map(fold)
  return !held.every((part) => said.includes(fold(part)))
}

function toPaths(changes: readonly ChangedPath[]): string[] {
  return changes.map(({ path }) => path)
}
