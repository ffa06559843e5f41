import type { Breach, GuardrailConsequence, Settlement, SettleRequest, WorkspaceRequest } from '@ws/core'
import { explainBreach, matchesClaim } from '@ws/core'
import {
  type Attestation,
  type ObjectId,
  type Person,
  type Pinned,
  type Repository,
  type SlotRecord,
  type Slots,
} from '@ws/git'
import { askCommands } from '../guardrails/ask-commands.ts'
import { judgeWork } from './judge-work.ts'
import { judgeGuardrails } from '../guardrails/judge-guardrails.ts'
import { type DiffFacts, parseDiff } from '../guardrails/parse-diff.ts'

/** Everything that settling an attempt's directory needs. */
export interface SettleOptions {
  readonly repository: Repository
  readonly slots: Slots
  readonly slot: SlotRecord
  readonly request: WorkspaceRequest
  readonly settled: SettleRequest
  /** What was read before the tool started. */
  readonly before: Attestation
  readonly author?: Person
  readonly epoch?: number
}

type Facts = Pick<Settlement, 'files' | 'linesAdded' | 'linesRemoved' | 'setAside' | 'warnings'>

/**
 * Keeps what an attempt left, judges it, commits what may be committed. The pin comes before any judgement: whatever is
 * found, nothing is lost.
 */
export async function settleWork(options: SettleOptions): Promise<Settlement> {
  const { slots, slot, request, settled, before } = options
  const { signal, runId: run, workstreamId: workstream, attempt } = request
  const pinning = slots.pin(slot.slot, {
    work: { run, workstream, attempt },
    reason: settled.message,
    signal,
  })
  // The one reads what the other does not write: nobody waits for both in turn.
  const attesting = slots.attestAgain(slot.slot, before, { mayMove: isOthers })
  await Promise.allSettled([pinning, attesting])
  const pinned = await pinning
  const breaches = await attesting
  const nothing: Facts = { files: [], linesAdded: 0, linesRemoved: 0, setAside: [], warnings: [] }
  if (breaches[0] !== undefined) {
    const { kind, name } = breaches[0]
    return {
      kind: 'breached',
      breach: { breach: 'isolation', detail: `${kind} ${name} was changed` },
      ...(await keptBeside(options, pinned)),
      ...nothing,
    }
  }
  if (settled.as === 'keep') return { kind: 'settled', ...nothing }
  return judge(options, pinned)
}

/** Other workstreams and people go on while a tool works: what a tool must not touch are tags, notes and the like. */
function isOthers(ref: string): boolean {
  return ref.startsWith('refs/heads/') || ref.startsWith('refs/remotes/')
}

async function judge(options: SettleOptions, pinned: Pinned): Promise<Settlement> {
  const { repository, slot, request } = options
  const { task, workstream, signal } = request
  const ignoreCase = repository.facts.ignoreCase
  const work = { from: slot.tip, tree: pinned.snapshot.tree }
  // What is judged is most often what is committed: nobody waits for the one to ask for the other.
  const [{ judgement, tree }, whole] = await Promise.all([
    judgeWork(repository, work, request),
    differenceOf(repository, slot.tip, work.tree, signal),
  ])
  const diff = tree === work.tree ? whole : await differenceOf(repository, slot.tip, tree, signal)
  const findings = [
    ...judgeGuardrails(task.guardrails, { ...diff, paths: judgement.inside, ignoreCase }),
    ...(await askCommands(task.guardrails.commands, diff.text, {
      cwd: slot.path,
      env: request.task.env,
      clock: repository.clock,
      signal,
    })),
  ]
  const facts: Facts = {
    files: judgement.inside,
    linesAdded: diff.linesAdded,
    linesRemoved: diff.linesRemoved,
    setAside: judgement.setAside,
    warnings: [
      ...(judgement.outside.length > 0 && workstream.enforce !== 'quarantine'
        ? [`changed outside its claims: ${judgement.outside.join(', ')}`]
        : []),
      ...judgement.setAside.map((path) => `set aside, outside its claims: ${path}`),
      ...findings
        .filter(({ consequence }) => consequence === 'warn')
        .map(({ breach }) => explainBreach(breach)),
    ],
  }
  const broken = firstOf(judgement.breaches, findings)
  if (broken?.consequence === 'quarantine')
    return { kind: 'breached', breach: broken.breach, ...(await keptBeside(options, pinned)), ...facts }
  if (broken !== undefined)
    return { kind: 'failed', failure: { reason: 'refused', detail: explainBreach(broken.breach) }, ...facts }
  const missing = await missingOutputs(repository, tree, request)
  if (missing.length > 0)
    return { kind: 'failed', failure: { reason: 'outputs-missing', paths: missing }, ...facts }
  return commit(options, pinned, { tree, facts })
}

/** The commit that keeps what was done, for a person who may vouch for it; nothing where nothing was done. */
async function keptBeside(
  { repository, slot }: SettleOptions,
  { commit: id, snapshot }: Pinned,
): Promise<{ readonly commit?: ObjectId }> {
  return snapshot.tree === (await repository.treeOf(slot.tip)) ? {} : { commit: id }
}

async function commit(
  { slots, slot, settled, author, epoch, request }: SettleOptions,
  pinned: Pinned,
  { tree, facts }: { readonly tree: ObjectId; readonly facts: Facts },
): Promise<Settlement> {
  const { commit: id, isEmpty } = await slots.commit(slot.slot, {
    tree,
    pinned,
    message: settled.message,
    trailers: settled.trailers,
    signal: request.signal,
    ...(author === undefined ? {} : { author }),
    ...(epoch === undefined ? {} : { epoch }),
  })
  return { kind: 'settled', ...(isEmpty ? {} : { commit: id }), ...facts }
}

/** A quarantine goes before a failure. */
function firstOf(
  breaches: readonly Breach[],
  findings: readonly { readonly consequence: GuardrailConsequence; readonly breach: Breach }[],
): { readonly consequence: GuardrailConsequence; readonly breach: Breach } | undefined {
  const all = [...breaches.map((breach) => ({ consequence: 'quarantine' as const, breach })), ...findings]
  return (
    all.find(({ consequence }) => consequence === 'quarantine') ??
    all.find(({ consequence }) => consequence === 'fail')
  )
}

async function differenceOf(
  repository: Repository,
  from: ObjectId,
  to: ObjectId,
  signal: AbortSignal,
): Promise<DiffFacts & { readonly text: string }> {
  if ((await repository.treeOf(from)) === to) return { ...parseDiff(''), text: '' }
  const text = await repository.diffPatch(from, to, { signal })
  return { ...parseDiff(text), text }
}

async function missingOutputs(
  repository: Repository,
  tree: ObjectId,
  { task }: WorkspaceRequest,
): Promise<string[]> {
  if (task.outputs.length === 0 || task.role === 'verify') return []
  const git = await repository.content.bare()
  const paths = await git.items(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree])
  const { ignoreCase } = repository.facts
  return task.outputs.filter((pattern) => !paths.some((path) => matchesClaim(pattern, path, { ignoreCase })))
}
