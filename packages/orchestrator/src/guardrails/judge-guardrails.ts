import { type Breach, type GuardrailConsequence, type GuardrailWork, matchesClaim } from '@ws/core'
import { findSecrets } from './find-secrets.ts'
import type { DiffFacts } from './parse-diff.ts'

/** A guardrail that does not hold, and what becomes of it. */
export interface GuardrailFinding {
  readonly consequence: GuardrailConsequence
  readonly breach: Breach
}

/** What is judged: the paths that change, and what their difference says. */
export interface Judged extends DiffFacts {
  readonly paths: readonly string[]
  readonly ignoreCase: boolean
}

/**
 * Every guardrail that the change breaks; commands are asked elsewhere. A pattern is tried on one line at a time, and on
 * no more than so many characters of it, so that a bad expression cannot hold up a run.
 */
export function judgeGuardrails(rules: GuardrailWork, judged: Judged): GuardrailFinding[] {
  return [
    ...forbiddenPaths(rules, judged),
    ...forbiddenLines(rules, judged),
    ...secrets(rules, judged),
    ...tooLarge(rules, judged),
  ]
}

function forbiddenPaths({ forbidPaths }: GuardrailWork, { paths, ignoreCase }: Judged): GuardrailFinding[] {
  return forbidPaths.flatMap(({ pattern, consequence }) => {
    const hit = paths.filter((path) => matchesClaim(pattern, path, { ignoreCase }))
    return hit.length === 0
      ? []
      : [{ consequence, breach: { breach: 'forbidden-path' as const, paths: hit } }]
  })
}

const maxTriedLength = 2_000

function forbiddenLines({ forbidPatterns }: GuardrailWork, { added }: Judged): GuardrailFinding[] {
  return forbidPatterns.flatMap(({ pattern, consequence }) => {
    const expression = new RegExp(pattern, 'u')
    const hit = added.find(({ text }) => expression.test(text.slice(0, maxTriedLength)))
    if (hit === undefined) return []
    return [
      {
        consequence,
        breach: { breach: 'forbidden-pattern' as const, pattern, path: `${hit.path}:${hit.line}` },
      },
    ]
  })
}

function secrets({ secrets: consequence }: GuardrailWork, { added }: Judged): GuardrailFinding[] {
  if (consequence === undefined) return []
  return findSecrets(added)
    .slice(0, 1)
    .map(({ path, line, kind }) => ({
      consequence,
      breach: { breach: 'secret', path: `${path}:${line}`, kind },
    }))
}

function tooLarge(
  { limits }: GuardrailWork,
  { paths, linesAdded, linesRemoved }: Judged,
): GuardrailFinding[] {
  const sizes = { files: paths.length, 'diff-lines': linesAdded + linesRemoved, 'output-bytes': 0 }
  return limits
    .filter(({ what, limit }) => sizes[what] > limit)
    .map(({ what, limit, consequence }) => ({
      consequence,
      breach: { breach: 'too-large', what, is: sizes[what], limit },
    }))
}
