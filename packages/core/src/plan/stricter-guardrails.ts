import type {
  GuardrailCommand,
  GuardrailConsequence,
  GuardrailLimit,
  GuardrailPattern,
  GuardrailWork,
} from '../run/work-spec.ts'
import type { Guardrails } from './guardrails.ts'

/**
 * What several places together ask for: everything that any of them asks for, and of the same thing said twice
 * the stricter. Secrets are looked for unless every place that speaks of them says no.
 */
export function stricterGuardrails(places: readonly (Guardrails | undefined)[]): GuardrailWork {
  const said = places.filter((place) => place !== undefined)
  const secrets = strictestSecrets(said.map((place) => place.secrets))
  return {
    forbidPaths: patternsOf(said.map(({ forbidPaths }) => forbidPaths)),
    forbidPatterns: patternsOf(said.map(({ forbidPatterns }) => forbidPatterns)),
    ...(secrets === undefined ? {} : { secrets }),
    limits: said.flatMap((place) => limitsOf(place)),
    commands: strictest(
      said.flatMap(({ commands = [] }) => commands.map(toCommand)),
      ({ run }) => JSON.stringify(run),
    ),
  }
}

const strictness: Readonly<Record<GuardrailConsequence, number>> = { warn: 0, fail: 1, quarantine: 2 }

function strictest<T extends { readonly then: GuardrailConsequence }>(
  rules: readonly T[],
  keyOf: (rule: T) => string,
): T[] {
  const kept = new Map<string, T>()
  for (const rule of rules) {
    const before = kept.get(keyOf(rule))
    if (before === undefined || strictness[before.then] < strictness[rule.then]) kept.set(keyOf(rule), rule)
  }
  return [...kept.values()]
}

type PatternRule = Guardrails['forbidPaths']

function patternsOf(rules: readonly PatternRule[]): GuardrailPattern[] {
  const all = rules
    .filter((rule) => rule !== undefined)
    .flatMap(({ patterns, then }) => patterns.map((pattern) => ({ pattern, then })))
  return strictest(all, ({ pattern }) => pattern)
}

/** Absent where all who speak say no; quarantine where nobody speaks. */
function strictestSecrets(rules: readonly Guardrails['secrets'][]): GuardrailConsequence | undefined {
  const said = rules.filter((rule) => rule !== undefined)
  if (said.length === 0) return 'quarantine'
  const wanted = said.filter((rule) => rule !== false)
  return strictest(wanted, () => '')[0]?.then
}

// Two limits of one kind with different consequences both hold: 50 warns, 100 is a quarantine.
function limitsOf({ maxFiles, maxDiffLines, maxOutputBytes }: Guardrails): GuardrailLimit[] {
  return [
    ...(maxFiles === undefined ? [] : [{ what: 'files' as const, ...maxFiles }]),
    ...(maxDiffLines === undefined ? [] : [{ what: 'diff-lines' as const, ...maxDiffLines }]),
    ...(maxOutputBytes === undefined ? [] : [{ what: 'output-bytes' as const, ...maxOutputBytes }]),
  ]
}

function toCommand(rule: NonNullable<Guardrails['commands']>[number]): GuardrailCommand {
  const { run, then } = rule
  return 'timeoutMs' in rule && rule.timeoutMs !== undefined
    ? { run, then, timeoutMs: rule.timeoutMs }
    : { run, then }
}
