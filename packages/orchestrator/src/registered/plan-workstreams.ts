import { Plan, WsError } from '@ws/core'
import { registeredKey, type RegisteredWorkstream } from '@ws/store/records'
import { chooseSlugs } from './choose-slugs.ts'
import { slugOf } from './slug-of.ts'

/** What is to be started together. */
export interface PlanWorkstreamsOptions {
  /** Slugs of active workstreams; `*` stands for any text. */
  readonly slugs?: readonly string[]
  /** Each a workstream of its own. */
  readonly prompts?: readonly string[]
  /** Take along the workstreams that the chosen ones need. @default false */
  readonly withNeeds?: boolean
  /** Leave out what a run is doing already, instead of refusing it. @default false */
  readonly skipsBegun?: boolean
}

/** Every active workstream that can be started. */
export const allActive: PlanWorkstreamsOptions = { slugs: ['*'], skipsBegun: true }

/** The plans to be started: one of all that are workstreams, and each that is a plan of its own. */
export interface PlannedWorkstreams {
  readonly plans: readonly Plan[]
  /** What was chosen and is not started, with the reason: a run is doing it already, or what it needs is not done. */
  readonly left: readonly { readonly slug: string; readonly because: string }[]
}

type Workstreams = Plan['workstreams']

/**
 * Makes plans of registered workstreams and prompts; nothing is started.
 * @throws `WS_SLUG_UNKNOWN`, `WS_WORKSTREAM_BEGUN`, `WS_SELECTION_NEEDS`
 */
export function planWorkstreams(
  registered: readonly RegisteredWorkstream[],
  { slugs = [], prompts = [], withNeeds = false, skipsBegun = false }: PlanWorkstreamsOptions,
): PlannedWorkstreams {
  const chosen = chooseSlugs(slugs, registered)
  const begun = chosen.filter(({ status }) => status !== 'PENDING')
  if (!skipsBegun && begun[0] !== undefined) throw hasBegun(begun)
  const waiting = chosen.filter(({ status }) => status === 'PENDING')
  const { parts, left } = withTheirNeeds(
    waiting.filter(({ isWhole }) => !isWhole),
    registered,
    { withNeeds, skipsBegun },
  )
  const workstreams = [...parts.flatMap((each) => partOf(each, parts)), ...ofPrompts(prompts, registered)]
  return {
    left: [...begun.map((each) => ({ slug: each.slug, because: standOf(each) })), ...left],
    plans: [
      ...(workstreams.length === 0 ? [] : [{ name: nameOf(workstreams), workstreams }]),
      ...waiting.filter(({ isWhole }) => isWhole).map(wholeOf),
    ].map((plan) => Plan.parse(plan)),
  }
}

/** Those that were chosen, without those whose needs cannot be met, and with what they need where that is wanted. */
function withTheirNeeds(
  chosen: readonly RegisteredWorkstream[],
  registered: readonly RegisteredWorkstream[],
  { withNeeds, skipsBegun }: { readonly withNeeds: boolean; readonly skipsBegun: boolean },
): {
  readonly parts: readonly RegisteredWorkstream[]
  readonly left: readonly { readonly slug: string; readonly because: string }[]
} {
  const taken = new Map(chosen.map((each) => [each.slug, each]))
  const missing = new Map<string, string>()
  // Grows while it is walked through.
  const line = [...chosen]
  for (const { slug } of line) {
    for (const need of needsOf(taken.get(slug))) {
      const found = registered.findLast((each) => each.slug === need)
      if (taken.has(need) || found?.status === 'COMPLETED') continue
      const mayJoin = found?.status === 'PENDING' && !found.isWhole
      if (withNeeds && mayJoin) {
        taken.set(need, found)
        line.push(found)
      } else missing.set(need, found === undefined ? 'is not there' : standOf(found))
    }
  }
  if (missing.size === 0) return { parts: line, left: [] }
  if (skipsBegun) {
    const lacks = (each: RegisteredWorkstream) => needsOf(each).find((need) => missing.has(need))
    const able = chosen.filter((each) => lacks(each) === undefined)
    const { parts, left } = withTheirNeeds(able, registered, { withNeeds, skipsBegun })
    const own = chosen.flatMap((each) => {
      const need = lacks(each)
      return need === undefined
        ? []
        : [{ slug: each.slug, because: `needs "${need}", which ${missing.get(need) ?? ''}` }]
    })
    return { parts, left: [...own, ...left] }
  }
  const said = [...missing].map(([need, why]) => `"${need}", which ${why}`).join('; ')
  throw new WsError('WS_SELECTION_NEEDS', `what was chosen needs ${said}`, {
    details: { missing: [...missing.keys()] },
    hint: withNeeds ? 'run that first' : 'take along what is needed (--with-needs), or run that first',
  })
}

function workstreamsOf({ plan }: RegisteredWorkstream): Workstreams {
  return Plan.parse(plan).workstreams
}

function needsOf(registered: RegisteredWorkstream | undefined): readonly string[] {
  return registered === undefined ? [] : workstreamsOf(registered).flatMap(({ needs }) => needs)
}

/** Its workstream, which waits for those that are started with it; what else it needs is done. */
function partOf(registered: RegisteredWorkstream, parts: readonly RegisteredWorkstream[]): Workstreams {
  const together = new Set(parts.map(({ slug }) => slug))
  return workstreamsOf(registered).map((workstream) => ({
    ...workstream,
    needs: workstream.needs.filter((need) => together.has(need)),
    metadata: { ...workstream.metadata, [registeredKey]: registered.id },
  }))
}

function wholeOf({ id, slug, plan }: RegisteredWorkstream): Plan {
  const parsed = Plan.parse(plan)
  return { ...parsed, name: parsed.name ?? slug, metadata: { ...parsed.metadata, [registeredKey]: id } }
}

/** Without claims: each may write anything, beside others of its kind. */
function ofPrompts(prompts: readonly string[], registered: readonly RegisteredWorkstream[]): Workstreams {
  const taken = new Set(registered.flatMap(({ slug, isActive }) => (isActive ? [slug] : [])))
  if (prompts.length === 0) return []
  const workstreams = prompts.map((prompt) => {
    const slug = slugOf(prompt, taken)
    taken.add(slug)
    return { id: slug, tasks: [{ id: slug, prompt }] }
  })
  return Plan.parse({ workstreams }).workstreams
}

/** What people see of a run: the workstreams that it is made of. */
function nameOf(workstreams: Workstreams): string {
  const ids = workstreams.map(({ id }) => id)
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more`
}

function standOf({ status, runId }: RegisteredWorkstream): string {
  return runId === undefined ? `is ${status}` : `is ${status} in run ${runId}`
}

function hasBegun(begun: readonly RegisteredWorkstream[]): WsError {
  const said = begun.map((each) => `"${each.slug}" ${standOf(each)}`)
  return new WsError('WS_WORKSTREAM_BEGUN', said.join('; '), {
    details: { begun: begun.map(({ slug, runId }) => ({ slug, runId })) },
    hint: 'ws attach follows that run, ws resume goes on with it, ws release and ws discard end a quarantine',
  })
}
