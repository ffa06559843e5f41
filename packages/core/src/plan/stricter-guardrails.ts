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

function strictest<T extends { readonly consequence: GuardrailConsequence }>(
  rules: readonly T[],
  keyOf: (rule: T) => string,
): T[] {
  const kept = new Map<string, T>()
  for (const rule of rules) {
    const before = kept.get(keyOf(rule))
    if (before === undefined || strictness[before.consequence] < strictness[rule.consequence])
      kept.set(keyOf(rule), rule)
  }
  return [...kept.values()]
}

type PatternRule = Guardrails['forbidPaths']

function patternsOf(rules: readonly PatternRule[]): GuardrailPattern[] {
  const all = rules
    .filter((rule) => rule !== undefined)
    .flatMap(({ patterns, then }) => patterns.map((pattern) => ({ pattern, consequence: then })))
  return strictest(all, ({ pattern }) => pattern)
}

/** Absent where all who speak say no; quarantine where nobody speaks. */
function strictestSecrets(rules: readonly Guardrails['secrets'][]): GuardrailConsequence | undefined {
  const said = rules.filter((rule) => rule !== undefined)
  if (said.length === 0) return 'quarantine'
  const wanted = said.filter((rule) => rule !== false).map(({ then }) => ({ consequence: then }))
  return strictest(wanted, () => '')[0]?.consequence
}

// Two limits of one kind with different consequences both hold: 50 warns, 100 is a quarantine.
function limitsOf({ maxFiles, maxDiffLines, maxOutputBytes }: Guardrails): GuardrailLimit[] {
  const all = [
    ['files', maxFiles],
    ['diff-lines', maxDiffLines],
    ['output-bytes', maxOutputBytes],
  ] as const
  return all.flatMap(([what, rule]) =>
    rule === undefined ? [] : [{ what, limit: rule.limit, consequence: rule.then }],
  )
}

function toCommand(rule: NonNullable<Guardrails['commands']>[number]): GuardrailCommand {
  const { run, then: consequence } = rule
  return 'timeoutMs' in rule && rule.timeoutMs !== undefined
    ? { run, consequence, timeoutMs: rule.timeoutMs }
    : { run, consequence }
}
