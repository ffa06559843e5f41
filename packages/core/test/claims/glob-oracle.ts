/**
 * The dialect of `docs/claims.md` a second time, in the plainest way: braces written out, each expansion turned
 * into a regular expression. Slow, and only for valid patterns without escapes; what it says is the truth.
 */
function oracle(pattern: string, ignoreCase = false): (path: string) => boolean {
  const expressions = expandBraces(pattern).map(
    (expansion) => new RegExp(`^(?:${toExpression(expansion)})$`, ignoreCase ? 'iu' : 'u'),
  )
  return (path) => expressions.some((expression) => expression.test(`/${path}`))
}

export function claimOracle(
  claim: { readonly path: string; readonly exclude?: readonly string[] },
  ignoreCase = false,
): (path: string) => boolean {
  const path = oracle(claim.path, ignoreCase)
  const cut = (claim.exclude ?? []).map((pattern) => oracle(pattern, ignoreCase))
  return (text) => path(text) && !cut.some((matches) => matches(text))
}

/** Every path over an alphabet, up to a length, shortest first. */
export function allPaths(alphabet: string, maxLength: number): string[] {
  let texts = ['']
  const paths: string[] = []
  for (let length = 1; length <= maxLength; length++) {
    texts = texts.flatMap((text) => [...alphabet, '/'].map((char) => text + char))
    paths.push(
      ...texts.filter((text) => text.split('/').every((segment) => !['', '.', '..'].includes(segment))),
    )
  }
  return paths
}

export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{')
  if (open < 0) return [pattern]
  const parts = ['']
  let depth = 0
  let i = open
  for (; ; i++) {
    const char = pattern[i]!
    if (char === '{' && depth++ === 0) continue
    if (char === '}' && --depth === 0) break
    if (char === ',' && depth === 1) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts.flatMap((part) => expandBraces(pattern.slice(0, open) + part + pattern.slice(i + 1)))
}

function toExpression(expansion: string): string {
  const written = expansion.split('/')
  const isDirectory = ['', '.'].includes(written.at(-1)!)
  const segments = written.filter((segment) => segment !== '' && segment !== '.')
  // A path is matched with a "/" before each segment, so that "**" is simply any number of those.
  const body = segments
    .map((segment) => (segment === '**' ? '(?:/[^/]+)*' : `/${segmentExpression(segment)}`))
    .join('')
  const coversBelow = isDirectory || !/[*?[]/.test(segments.at(-1)!)
  return `${body}${coversBelow ? '(?:/[^/]+)*' : ''}`
}

function segmentExpression(segment: string): string {
  const body = segment.replace(/\[[^\]]*\]|\*+|./gu, (token) => {
    if (token[0] === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (token.length > 1 && token[0] === '[') {
      const isNegated = '!^'.includes(token[1]!)
      return `(?!/)[${isNegated ? '^' : ''}${token.slice(isNegated ? 2 : 1, -1).replace(/[[\\^&]/g, '\\$&')}]`
    }
    return /[\w,]/.test(token) ? token : `\\u{${token.codePointAt(0)!.toString(16)}}`
  })
  return body
}
