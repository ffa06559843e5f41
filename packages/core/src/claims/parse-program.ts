import { isEscapable, type PatternClass, parseClass } from './parse-class.ts'
import { MAX_PATTERN_LENGTH, type PatternProblem, patternProblem } from './pattern-problem.ts'

/**
 * One step of a pattern; control goes on to the next in the list, but for `fork` (to each of `targets`) and
 * `jump`. Braces become forks and jumps, so a program is never longer than its pattern, and a walk from the
 * first step to `end` spells one of the pattern's expansions.
 */
export type Instruction =
  | { readonly op: 'char'; readonly codePoint: number; readonly at: number }
  | { readonly op: 'any'; readonly at: number }
  | { readonly op: 'star'; readonly at: number }
  | { readonly op: 'slash' | 'end'; readonly at: number }
  | { readonly op: 'class'; readonly class: PatternClass; readonly at: number }
  | { readonly op: 'fork'; readonly targets: number[]; readonly at: number }
  | { readonly op: 'jump'; to: number; readonly at: number }

export type Program = readonly Instruction[]

/** Reads the characters of a pattern. What its segments mean together is judged when the automaton is built. */
export function parseProgram(pattern: string): Program | PatternProblem {
  const refused = refuseAtSight(pattern)
  if (refused) return refused
  const program: Instruction[] = []
  const braces: OpenBrace[] = []
  let i = 0
  while (i < pattern.length) {
    const at = i
    const char = pattern[i++]!
    if (pattern[i] === '(' && '@+?*!'.includes(char)) return patternProblem(pattern, at, 'extglob')
    switch (char) {
      case '/':
        program.push({ op: 'slash', at })
        break
      case '?':
        program.push({ op: 'any', at })
        break
      case '*': {
        while (pattern[i] === '*' && pattern[i + 1] !== '(') i++
        // Exactly two, also across braces, may turn out to be a whole segment; more than three mean what three do.
        for (let stars = Math.min(i - at, 3); stars > 0; stars--) program.push({ op: 'star', at })
        break
      }
      case '[': {
        const parsed = parseClass(pattern, at)
        if ('reason' in parsed) return patternProblem(pattern, parsed.at, parsed.reason)
        program.push({ op: 'class', class: parsed.class, at })
        i = parsed.end
        break
      }
      case ']':
        return patternProblem(pattern, at, 'unbalanced-bracket')
      case '{': {
        const targets = [program.length + 1]
        program.push({ op: 'fork', targets, at })
        braces.push({ targets, jumps: [], at })
        break
      }
      case '}': {
        const brace = braces.pop()
        if (!brace) return patternProblem(pattern, at, 'unbalanced-brace')
        if (brace.targets.length === 1) {
          const isRange = pattern.slice(brace.at, at).includes('..')
          return patternProblem(pattern, brace.at, isRange ? 'brace-range' : 'brace-single')
        }
        for (const jump of brace.jumps) jump.to = program.length
        break
      }
      case ',': {
        const brace = braces.at(-1)
        if (brace) {
          const jump = { op: 'jump' as const, to: 0, at }
          program.push(jump)
          brace.jumps.push(jump)
          brace.targets.push(program.length)
          break
        }
        program.push({ op: 'char', codePoint: 0x2c, at })
        break
      }
      default: {
        if (char === '\\' && !isEscapable(pattern[i])) return patternProblem(pattern, at, 'escape')
        const start = char === '\\' ? i : at
        const codePoint = pattern.codePointAt(start)!
        program.push({ op: 'char', codePoint, at })
        i = start + (codePoint > 0xffff ? 2 : 1)
      }
    }
  }
  const unclosed = braces.at(-1)
  if (unclosed) return patternProblem(pattern, unclosed.at, 'unbalanced-brace')
  program.push({ op: 'end', at: pattern.length })
  return program
}

interface OpenBrace {
  readonly targets: number[]
  readonly jumps: { to: number }[]
  readonly at: number
}

function refuseAtSight(pattern: string): PatternProblem | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return patternProblem(pattern, MAX_PATTERN_LENGTH, 'too-long')
  if (pattern.trim() === '') return patternProblem(pattern, 0, 'empty')
  if (pattern.includes('\0')) return patternProblem(pattern, pattern.indexOf('\0'), 'nul')
  if (!pattern.isWellFormed()) return patternProblem(pattern, pattern.search(/\p{Cs}/u), 'unicode')
  if (/^[a-z]:/i.test(pattern)) return patternProblem(pattern, 0, 'drive-letter')
  // `!(` is an extended glob and is refused as one.
  if (pattern[0] === '!' && pattern[1] !== '(') return patternProblem(pattern, 0, 'negation')
  return undefined
}
