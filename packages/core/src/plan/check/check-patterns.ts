import { checkClaim, checkPattern } from '../../claims/check-claim.ts'
import type { Claim } from '../../claims/claim.ts'
import type { Guardrails } from '../guardrails.ts'
import { quote } from '../problem/describe-issue.ts'
import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import type { CheckContext } from './context.ts'

/** Globs that the dialect does not have, wherever they stand, and regular expressions that are none. */
export function* checkPatterns({ plan, needs }: CheckContext): Generator<Finding, void, undefined> {
  yield* guardrails(plan.guardrails, ['guardrails'])
  for (const [name, check] of Object.entries(plan.checks)) {
    yield* patterns(check.inputs, ['checks', name, 'inputs'])
    yield* patterns(check.config, ['checks', name, 'config'])
  }
  for (const [index, workstream] of plan.workstreams.entries()) {
    yield* claims(workstream.claims, ['workstreams', index, 'claims'])
    yield* guardrails(workstream.guardrails, ['workstreams', index, 'guardrails'])
  }
  for (const { task, at } of needs.tasks) {
    yield* claims(task.claims, [...at, 'claims'])
    yield* patterns(task.inputs, [...at, 'inputs'])
    yield* patterns(task.files, [...at, 'files'])
    yield* patterns(task.outputs, [...at, 'outputs'])
    yield* patterns(task.artifacts, [...at, 'artifacts'])
    yield* guardrails(task.guardrails, [...at, 'guardrails'])
  }
}

function* claims(list: readonly Claim[] = [], at: DocumentPath): Generator<Finding, void, undefined> {
  for (const [index, claim] of list.entries()) {
    if (claim.path === '') continue
    for (const { message, hint } of checkClaim(claim)) yield badGlob(message, hint, [...at, index])
  }
}

function* patterns(list: readonly string[] = [], at: DocumentPath): Generator<Finding, void, undefined> {
  for (const [index, pattern] of list.entries()) {
    const problem = pattern === '' ? undefined : checkPattern(pattern)
    if (problem !== undefined) yield badGlob(problem.message, problem.hint, [...at, index])
  }
}

function* guardrails(rules: Guardrails | undefined, at: DocumentPath): Generator<Finding, void, undefined> {
  yield* patterns(rules?.forbidPaths?.patterns, [...at, 'forbidPaths'])
  for (const [index, pattern] of (rules?.forbidPatterns?.patterns ?? []).entries()) {
    const reason = regExpProblem(pattern)
    if (reason === undefined) continue
    const message = `${quote(pattern)} is no regular expression: ${reason}`
    yield { code: 'WS_PLAN_BAD_REGEXP', severity: 'error', message, at: [...at, 'forbidPatterns', index] }
  }
}

function regExpProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u')
    return undefined
  } catch (error) {
    return String(error).split(': ').at(-1)
  }
}

function badGlob(message: string, hint: string, at: DocumentPath): Finding {
  return { code: 'WS_PLAN_BAD_GLOB', severity: 'error', message, hint, at }
}
