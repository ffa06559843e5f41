import * as z from 'zod'
import { Capability } from '../words/capability.ts'
import { ToolName } from '../words/tool-name.ts'
import { ClaimItem } from './claim-item.ts'
import { Command } from './fields.ts'
import { Guardrails } from './guardrails.ts'
import { Limits, Uses } from './settings.ts'
import { Step } from './plan.ts'

/**
 * What the checks read of a plan, taken from any document: what has another form than the schema asks for is as
 * if it were not there (a text is then empty, so that positions stay), and the schema has already said so. Hence a
 * misspelled setting does not hide that a task needs what does not exist. A parsed plan is its own outline.
 */

const name = z.union([z.string(), z.number().transform(String)]).catch('')

const names = z.array(name).catch([])

const someNames = z.array(name).optional().catch(undefined)

const capabilities = z.array(Capability.catch('')).catch([])

const claims = z
  .array(ClaimItem.catch({ path: '', mode: 'shared' }))
  .optional()
  .catch([])

const amount = z.number().nonnegative().optional().catch(undefined)

const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)

const OutlineTask = z
  .object({
    id: name,
    role: z.enum(['work', 'plan', 'verify']).catch('work'),
    tool: ToolName.optional().catch(''),
    prompt: z.string().optional().catch(''),
    run: Command.optional().catch(''),
    needs: names,
    capabilities,
    inputs: names,
    files: names,
    outputs: names,
    artifacts: names,
    claims,
    estimate: maybe(z.object({ usd: amount, minutes: amount })),
    uses: Uses.catch({}),
    guardrails: maybe(Guardrails),
  })
  // Something else than a map: it says nothing, not even that it says nothing.
  .catch({ ...blankTask(), prompt: '' })
export type OutlineTask = z.output<typeof OutlineTask>

const OutlineWorkstream = z
  .object({
    id: name,
    owner: maybe(z.string()),
    needs: names,
    claims,
    branch: maybe(z.string()),
    baseOn: maybe(z.enum(['dependencies', 'target'])),
    budget: maybe(z.object({ usd: amount })),
    checks: someNames,
    guardrails: maybe(Guardrails),
    tasks: z.array(OutlineTask).catch([]),
  })
  .catch({ id: '', needs: [], claims: [], tasks: [] })
export type OutlineWorkstream = z.output<typeof OutlineWorkstream>

/** A plan as far as it can be read. */
export const PlanOutline = z
  .object({
    budget: maybe(z.object({ usd: amount, warnAt: amount, stopAt: amount })),
    concurrency: amount,
    checks: z.record(z.string(), z.object({ inputs: someNames, config: someNames }).catch({})).catch({}),
    merge: maybe(z.object({ checks: someNames, advisory: someNames })),
    defaults: maybe(z.object({ tool: maybe(ToolName) })),
    tools: z
      .record(
        ToolName,
        z
          .object({
            capabilities: z.array(Capability.catch('')).optional().catch(undefined),
            fallback: z.array(ToolName.catch('')).optional().catch(undefined),
          })
          .catch({}),
      )
      .catch({}),
    limits: Limits.catch({}),
    guardrails: maybe(Guardrails),
    order: z
      .array(Step.catch({ parallel: [] }))
      .optional()
      .catch(undefined),
    workstreams: z.array(OutlineWorkstream).catch([]),
  })
  .catch({ checks: {}, tools: {}, limits: {}, workstreams: [] })
export type PlanOutline = z.output<typeof PlanOutline>

function blankTask() {
  const none: string[] = []
  return {
    id: '',
    role: 'work' as const,
    needs: none,
    capabilities: none,
    inputs: none,
    files: none,
    outputs: none,
    artifacts: none,
    claims: [],
    uses: {},
  }
}
