import { checkClaim } from '../../claims/check-claim.ts'
import type { Claim } from '../../claims/claim.ts'
import { ClaimIndex } from '../../claims/claim-index.ts'
import type { HolderConflict } from '../../claims/find-conflicts.ts'
import { overlapWitness } from '../../claims/overlap.ts'
import type { Precedence } from '../../graph/precedence.ts'
import type { OutlineWorkstream } from '../outline.ts'
import { claimsOf, covers } from '../plan-claims.ts'
import { conflictsOf } from '../plan-conflicts.ts'
import { orderOf } from '../plan-needs.ts'
import { quote } from '../problem/describe-issue.ts'
import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import type { CheckContext } from './context.ts'

/** Beyond this many, one more "these two wait for each other" tells nothing; errors are never left out. */
const shownConflicts = 50

/** What workstreams hold, who therefore waits for whom, and who reads what another may be writing. */
export function* checkClaims(context: CheckContext): Generator<Finding, void, undefined> {
  const sound = context.plan.workstreams
    .map((workstream, index) => ({ workstream, index }))
    .filter(({ workstream }) => isSound(workstream))
  for (const { workstream, index } of sound) {
    const { isAssumed, uncovered } = claimsOf(workstream)
    if (isAssumed) yield claimsMissing(workstream.id, ['workstreams', index])
    for (const { task, output } of uncovered) yield outputUnclaimed(workstream, index, task, output)
    yield* narrowed(workstream, index)
  }
  const { precedence } = context
  if (precedence === undefined) return
  const usable = sound.map(({ workstream }) => workstream)
  yield* conflicts(context, usable, precedence)
  yield* races(context, usable, precedence)
}

/** Whether all its patterns are valid; those that are not have been reported. */
function isSound({ claims = [], tasks }: OutlineWorkstream): boolean {
  const all = [
    ...claims,
    ...tasks.flatMap((task) => [
      ...(task.claims ?? []),
      ...[...task.files, ...task.outputs, ...task.inputs].map((path) => ({ path })),
    ]),
  ]
  return all.every((claim) => claim.path === '' || checkClaim(claim).length === 0)
}

function claimsMissing(id: string, at: DocumentPath): Finding {
  return {
    code: 'WS_PLAN_CLAIMS_MISSING',
    severity: 'warning',
    message: `workstream ${quote(id)} does not say what it writes, so it holds ** shared and waits while others hold anything exclusively`,
    hint: 'list its paths under claims, or write claims: [] if it only reads',
    at,
  }
}

function outputUnclaimed({ tasks }: OutlineWorkstream, index: number, task: number, output: number): Finding {
  const { id, outputs } = tasks[task]!
  return {
    code: 'WS_PLAN_OUTPUT_UNCLAIMED',
    severity: 'warning',
    message: `task ${quote(id)} writes ${quote(outputs[output]!)}, which no claim covers: it was added to the claims`,
    hint: 'add it to the claims to say so',
    at: ['workstreams', index, 'tasks', task, 'outputs', output],
  }
}

/** Claims of a task that its workstream does not have: they are added, though a task's claims are meant to narrow. */
function* narrowed(
  { id, claims, tasks }: OutlineWorkstream,
  index: number,
): Generator<Finding, void, undefined> {
  if (claims === undefined) return
  for (const [task, { id: name, role, claims: own = [] }] of tasks.entries()) {
    if (role === 'verify') continue
    for (const [position, { path }] of own.entries()) {
      if (path === '' || covers(claims, path)) continue
      yield {
        code: 'WS_PLAN_CLAIM_BEYOND',
        severity: 'warning',
        message: `task ${quote(name)} claims ${quote(path)}, which workstream ${quote(id)} does not: it was added to the workstream's claims`,
        hint: 'add it to the claims of the workstream to say so',
        at: ['workstreams', index, 'tasks', task, 'claims', position],
      }
    }
  }
}

function* conflicts(
  { plan, options, needs }: CheckContext,
  sound: readonly OutlineWorkstream[],
  precedence: Precedence,
): Generator<Finding, void, undefined> {
  const stepOf = new Map<string, number>()
  for (const [step, entry] of (plan.order ?? []).entries())
    if ('parallel' in entry) for (const id of entry.parallel) stepOf.set(id, step)
  let shown = 0
  for (const conflict of conflictsOf(sound, {
    ignoreCase: options.ignoreCase === true,
    ordered: orderOf(needs, precedence),
  })) {
    const step = stepOf.get(conflict.a)
    const isError = step !== undefined && step === stepOf.get(conflict.b)
    if (!isError && ++shown > shownConflicts) continue
    const index = plan.workstreams.findIndex(({ id }) => id === conflict.b)
    yield claimConflict(conflict, isError, placeOf(plan.workstreams[index]!, index, conflict.claimB))
  }
}

function claimConflict(
  { a, b, claimA, claimB, witness }: HolderConflict,
  isError: boolean,
  at: DocumentPath,
): Finding {
  const both =
    claimA.path === claimB.path
      ? `both claim ${quote(claimA.path)}`
      : `${quote(claimA.path)} and ${quote(claimB.path)} both match ${witness}`
  return {
    code: 'WS_PLAN_CLAIM_CONFLICT',
    severity: isError ? 'error' : 'warning',
    message: isError
      ? `${quote(a)} and ${quote(b)} cannot run in parallel: ${both}`
      : `${quote(a)} and ${quote(b)} will wait for each other: ${both}`,
    hint: isError
      ? 'narrow one of the claims, hold both shared, or put the two into different steps'
      : 'narrow one of the claims, or say which comes first with needs',
    at,
  }
}

/** Where a workstream says that it claims this. */
function placeOf({ claims = [], tasks }: OutlineWorkstream, index: number, { path }: Claim): DocumentPath {
  const own = claims.findIndex((claim) => claim.path === path)
  if (own !== -1) return ['workstreams', index, 'claims', own]
  for (const [task, { claims: narrow = [], outputs, files }] of tasks.entries()) {
    const lists = { claims: narrow.map((claim) => claim.path), outputs, files }
    for (const [key, paths] of Object.entries(lists)) {
      if (paths.includes(path)) return ['workstreams', index, 'tasks', task, key, paths.indexOf(path)]
    }
  }
  return ['workstreams', index]
}

/** Tasks that read what another declares to write, while nothing says which of the two comes first. */
function* races(
  { needs, options }: CheckContext,
  sound: readonly OutlineWorkstream[],
  precedence: Precedence,
): Generator<Finding, void, undefined> {
  const isSoundOne = new Set(sound)
  const writers = new ClaimIndex<number>({ ignoreCase: options.ignoreCase === true })
  const usable = [...needs.tasks.entries()].filter(([, { workstream }]) => isSoundOne.has(workstream))
  for (const [position, { task }] of usable) {
    const outputs = task.role === 'verify' ? [] : task.outputs.filter((path) => path !== '')
    if (outputs.length > 0)
      writers.add(
        position,
        outputs.map((path) => ({ path, mode: 'exclusive' })),
      )
  }
  if (writers.size === 0) return
  for (const [position, { task, at }] of usable) {
    const inputs = task.inputs.filter((path) => path !== '').map((path): Claim => ({ path, mode: 'shared' }))
    const areOrdered = (other: number) =>
      other === position || precedence.precedes(other, position) || precedence.precedes(position, other)
    const [race] = writers.conflicts(inputs, areOrdered)
    if (race === undefined) continue
    const writer = needs.tasks[race.owner]!.task.id
    yield {
      code: 'WS_PLAN_INPUT_RACE',
      severity: 'warning',
      message: `task ${quote(task.id)} reads what task ${quote(writer)} writes (${overlapWitness(race.held, race.wanted) ?? race.held.path}), but does not need it`,
      hint: `add ${quote(writer)} to its needs, or the reverse`,
      at: [...at, 'inputs', task.inputs.indexOf(race.wanted.path)],
    }
  }
}
