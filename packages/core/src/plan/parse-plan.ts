import { checkOutline } from './check/check-outline.ts'
import type { CheckPlanOptions } from './check/context.ts'
import { compileForeign, type PlanFormat } from './foreign/compile-foreign.ts'
import { Plan, type PlanInput } from './plan.ts'
import { PlanOutline } from './outline.ts'
import { describeIssues } from './problem/describe-issue.ts'
import { locateFindings } from './problem/locate-findings.ts'
import type { DocumentPath, Finding, PlanProblem } from './problem/plan-problem.ts'
import { readSource } from './source/read-source.ts'
import type { Source, SourceFormat } from './source/source.ts'

/** What a plan is read with. */
export interface ParsePlanOptions extends CheckPlanOptions {
  /** The name of the file, for problems; its extension says how to read the text. */
  readonly file?: string
  /** How to read the text, whatever the file is called. JSON may have comments. */
  readonly format?: SourceFormat
}

/** A plan, or all that is wrong with it. */
export type PlanResult =
  | {
      readonly ok: true
      readonly plan: Plan
      readonly format: PlanFormat
      readonly warnings: readonly PlanProblem[]
    }
  | {
      readonly ok: false
      readonly problems: readonly PlanProblem[]
      readonly warnings: readonly PlanProblem[]
    }

/**
 * Reads a plan from YAML, JSON or JSON with comments, checks it as a whole and names every problem at once. Plans in
 * the foreign formats are recognised and compiled.
 *
 * @example
 * const result = await parsePlan(text, { file: 'plan.yaml' })
 * if (!result.ok) console.error(formatProblems(result.problems, { text }))
 */
export async function parsePlan(text: string, options: ParsePlanOptions = {}): Promise<PlanResult> {
  const source = await readSource(text, options)
  const syntax = source.problems.map((problem): Finding => ({ ...problem, severity: 'error' }))
  if (source.value !== undefined) return examine(source.value, options, { text, source, syntax })
  return { ok: false, problems: locateFindings(syntax, { file: options.file, text, source }), warnings: [] }
}

/** Reads a plan in any of the formats, from its text or from a document that is parsed already. */
export async function compilePlan(
  plan: string | object,
  options: ParsePlanOptions = {},
): Promise<PlanResult> {
  return typeof plan === 'string' ? parsePlan(plan, options) : examine(plan, options)
}

/** What is wrong with a plan that was made in code, and what its maker should know. */
export function checkPlan(
  plan: PlanInput | Plan,
  options: CheckPlanOptions = {},
): { readonly problems: readonly PlanProblem[]; readonly warnings: readonly PlanProblem[] } {
  const { findings } = check(plan, options)
  return divide(locateFindings(findings, {}))
}

interface Text {
  readonly text: string
  readonly source: Source
  readonly syntax: readonly Finding[]
}

function examine(document: unknown, options: ParsePlanOptions, from?: Text): PlanResult {
  const { format, value, originOf } = compileForeign(document)
  const { plan, findings } = check(value, options)
  const located = locateFindings([...(from?.syntax ?? []), ...moved(findings, originOf)], {
    file: options.file,
    text: from?.text,
    source: from?.source,
  })
  const { problems, warnings } = divide(located)
  if (plan === undefined || problems.length > 0) return { ok: false, problems, warnings }
  return { ok: true, plan, format, warnings }
}

function check(value: unknown, options: CheckPlanOptions): { plan: Plan | undefined; findings: Finding[] } {
  const parsed = Plan.safeParse(value)
  const shape = parsed.success ? [] : describeIssues(Plan, parsed.error.issues, value)
  const outline = parsed.success ? parsed.data : PlanOutline.parse(value)
  const findings = [...shape, ...checkOutline(outline, options)]
  return { plan: parsed.data, findings: findings.filter((finding) => !isEcho(finding, findings)) }
}

/** A task that says nothing to do because its prompt is misspelled: the misspelling is enough. */
function isEcho({ code, at }: Finding, findings: readonly Finding[]): boolean {
  if (code !== 'WS_PLAN_TASK_KIND') return false
  const parent = JSON.stringify(at)
  return findings.some(
    (other) => other.code === 'WS_PLAN_UNKNOWN_KEY' && JSON.stringify(other.at.slice(0, -1)) === parent,
  )
}

/** One node of a foreign plan can be a workstream and its task: what is wrong with both is said once. */
function moved(findings: readonly Finding[], originOf: (path: DocumentPath) => DocumentPath): Finding[] {
  const seen = new Set<string>()
  return findings
    .map((finding) => ({ ...finding, at: originOf(finding.at) }))
    .filter(({ code, at, message }) => {
      const key = JSON.stringify([code, at, code === 'WS_PLAN_DUPLICATE_ID' ? '' : message])
      return !seen.has(key) && seen.add(key)
    })
}

function divide(all: readonly PlanProblem[]): { problems: PlanProblem[]; warnings: PlanProblem[] } {
  return {
    problems: all.filter(({ severity }) => severity === 'error'),
    warnings: all.filter(({ severity }) => severity === 'warning'),
  }
}
