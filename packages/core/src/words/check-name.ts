/** Checks that a plan may only name: their commands come from the project's settings or from the repository. */
export const wellKnownChecks: readonly string[] = [
  'lint',
  'tests',
  'unit_tests',
  'security-scan',
  'coverage',
  'integration',
]

const aliases = new Map([
  ['unit-tests', 'tests'],
  ['security', 'security-scan'],
])

/** Equal for two spellings of one check: `unit_tests`, `unit-tests` and `tests` are the same. */
export function checkKey(name: string): string {
  const key = name.toLowerCase().replaceAll('_', '-')
  return aliases.get(key) ?? key
}
