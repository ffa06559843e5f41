import { checkKey, wellKnownChecks } from '../../words/check-name.ts'
import { quote } from '../problem/describe-issue.ts'
import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import { suggestion } from './check-needs.ts'
import type { CheckContext } from './context.ts'

/** Checks that are named for a landing and that nothing defines. */
export function* checkLanding({ plan, options }: CheckContext): Generator<Finding, void, undefined> {
  const defined = new Set([...Object.keys(plan.checks), ...(options.checks ?? [])])
  const known = new Set([...defined, ...wellKnownChecks].map(checkKey))
  const places: [readonly string[] | undefined, DocumentPath][] = [
    [plan.merge?.checks, ['merge', 'checks']],
    [plan.merge?.advisory, ['merge', 'advisory']],
    ...plan.workstreams.map(({ checks }, index): [readonly string[] | undefined, DocumentPath] => [
      checks,
      ['workstreams', index, 'checks'],
    ]),
  ]
  for (const [names = [], at] of places) {
    for (const [index, name] of names.entries()) {
      if (name === '' || known.has(checkKey(name))) continue
      yield {
        code: 'WS_PLAN_UNKNOWN_CHECK',
        severity: options.checks === undefined ? 'warning' : 'error',
        message: `nothing in the plan says what the check ${quote(name)} runs`,
        hint: `${suggestion(name, defined)} (or add it: checks: { ${name}: { run: … } }, here or in ws.yaml)`,
        at: [...at, index],
      }
    }
  }
}
