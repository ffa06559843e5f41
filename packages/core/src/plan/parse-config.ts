import { checkPatterns } from './check/check-patterns.ts'
import { checkContext } from './check/context.ts'
import { Config } from './config.ts'
import { PlanOutline } from './outline.ts'
import { describeIssues } from './problem/describe-issue.ts'
import { locateFindings } from './problem/locate-findings.ts'
import type { Finding, PlanProblem } from './problem/plan-problem.ts'
import { readSource } from './source/read-source.ts'
import type { SourceFormat } from './source/source.ts'

/** What a project's settings are read with. */
export interface ParseConfigOptions {
  readonly file?: string
  readonly format?: SourceFormat
}

/** A project's settings, or all that is wrong with them. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

/** Reads `ws.yaml`. An empty file says nothing, which is allowed. */
export async function parseConfig(text: string, options: ParseConfigOptions = {}): Promise<ConfigResult> {
  const source = await readSource(text, options)
  const findings = source.problems.map((problem): Finding => ({ ...problem, severity: 'error' }))
  let config: Config | undefined
  if (source.value !== undefined) {
    const value = source.value ?? {}
    const parsed = Config.safeParse(value)
    config = parsed.data
    if (!parsed.success) findings.push(...describeIssues(Config, parsed.error.issues, value))
    findings.push(...checkPatterns(checkContext(PlanOutline.parse(value), {})))
  }
  if (config !== undefined && findings.length === 0) return { ok: true, config }
  return { ok: false, problems: locateFindings(findings, { file: options.file, text, source }) }
}
