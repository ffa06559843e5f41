/** A secret in an added line: where, and of which kind; never the secret itself. */
export interface FoundSecret {
  readonly path: string
  readonly line: number
  readonly kind: string
}

/** One line that a change adds. */
export interface AddedLine {
  readonly path: string
  /** Its number in the new file. */
  readonly line: number
  readonly text: string
}

// Shapes that their issuers chose so that they can be found. Guessing by entropy finds lock files and test data,
// and a guardrail that cries wolf is switched off.
const shapes: readonly (readonly [kind: string, shape: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}\b/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}\b/],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{16,}\b/],
  ['Google API key', /\bAIza[A-Za-z0-9_-]{35}\b/],
  ['Anthropic key', /\bsk-ant-[A-Za-z0-9_-]{20,}\b/],
  ['OpenAI key', /\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}\b/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['PyPI token', /\bpypi-[A-Za-z0-9_-]{50,}\b/],
  [
    'password in an address',
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:(?!\$|<|\*{3}|password\b)[^\s/@'"]{6,}@[^\s'"]/i,
  ],
]

/** The first secret of each added line that holds one. */
export function findSecrets(lines: Iterable<AddedLine>): FoundSecret[] {
  const found: FoundSecret[] = []
  for (const { path, line, text } of lines) {
    const match = shapes.find(([, shape]) => shape.test(text))
    if (match !== undefined) found.push({ path, line, kind: match[0] })
  }
  return found
}
