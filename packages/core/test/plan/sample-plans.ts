import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { parsePlan, type ParsePlanOptions } from '../../src/plan/parse-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { PlanProblem } from '../../src/plan/problem/plan-problem.ts'

/** Plans as other programs write them, used as they are. */
export const samples = [
  'dag-plan.json',
  'dag-plan-short.json',
  'multi_stream.yaml',
  'streams-short.yaml',
  'phase-plan.jsonc',
] as const

export function readSample(name: string): string {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')
}

/** The plan of a text that has to be one. */
export async function planOf(text: string, options: ParsePlanOptions = {}): Promise<Plan> {
  const result = await parsePlan(text, options)
  expect(result.ok ? [] : result.problems).toEqual([])
  if (!result.ok) throw new Error('unreachable')
  return result.plan
}

/** All that is said about a text, errors before warnings, shortly. */
export async function saidAbout(text: string, options: ParsePlanOptions = {}): Promise<string[]> {
  const result = await parsePlan(text, options)
  return [...(result.ok ? [] : result.problems), ...result.warnings].map(brief)
}

export function brief({ code, path, line }: PlanProblem): string {
  return `${code.replace('WS_PLAN_', '')} ${path}${line === undefined ? '' : ` :${line}`}`
}
