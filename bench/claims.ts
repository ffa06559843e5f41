// Deciding overlaps, beside matching one pattern against the other with minimatch, and an index of held claims.
// node --conditions=@ws/source bench/claims.ts
import { type Claim, ClaimIndex, type ClaimPattern, claimsOverlap, isWsError, overlapWitness } from '@ws/core'
import { minimatch } from 'minimatch'

/** The best of so many rounds counts: the others paid for compilation and for the machine's other work. */
const rounds = 7
const coldPairs = 10_000
const warmCalls = 500_000

type Pair = readonly [a: string | ClaimPattern, b: string | ClaimPattern]

benchPairs()
benchGuess()
benchHostile()
benchIndex()

function benchPairs(): void {
  // A fresh name in each pair, so that no cache knows it.
  const kinds: Record<string, (name: string) => Pair> = {
    'src/**/*.ts and src/auth/**': (name) => [`src/${name}/**/*.ts`, `src/${name}/auth/**`],
    'src/**/*.ts and **/*.test.ts': (name) => [`src/**/${name}*.ts`, `**/*.test.ts`],
    'src/**/*.ts and docs/**/*.md': (name) => [`src/${name}/**/*.ts`, `docs/${name}/**/*.md`],
    'braces and classes': (name) => [`src/{${name},lib}/*.{ts,tsx}`, `src/${name}/[a-m]*.ts`],
    'two directories': (name) => [`src/${name}/**`, `src/${name}/auth/login.ts`],
    'with an exclusion': (name) => [{ path: 'src/**', exclude: [`src/${name}/**`] }, `src/${name}*/*.ts`],
  }
  console.log('\none pair, µs                       cold      warm   minimatch both ways, cold')
  for (const [kind, make] of Object.entries(kinds)) {
    let counter = 0
    const fresh = () => Array.from({ length: coldPairs }, () => make(`${kind.length}-${counter++}`))
    const cold = coldUs(fresh, ([a, b]) => claimsOverlap(a, b))
    const [a, b] = make('warm')
    const warm = best(() => cpuUs(() => repeat(warmCalls, () => claimsOverlap(a, b))) / warmCalls)
    const isPlain = typeof a === 'string'
    const guess = isPlain
      ? micros(coldUs(fresh, ([a, b]) => matchesEither(a, b)))
      : 'no exclusions'.padStart(14)
    console.log(`${kind.padEnd(30)}${micros(cold)}${micros(warm)}${guess}`)
  }
}

/** How often matching one pattern's text against the other gives another answer than the exact one. */
function benchGuess(): void {
  const random = generator(1)
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!
  const directories = ['src', 'lib', 'docs', '*', '**', '{src,lib}', 'a*']
  const files = ['**', '*', '*.ts', '*.md', 'a?.ts', '[a-m]*', 'index.{ts,js}', '*.test.ts', 'README.md']
  const pattern = () =>
    [...Array.from({ length: Math.floor(random() * 3) }, () => pick(directories)), pick(files)].join('/')
  const count = { overlap: 0, missed: 0, disjoint: 0, invented: 0 }
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [pattern(), pattern()]
    const guess = matchesEither(a, b)
    if (claimsOverlap(a, b)) {
      count.overlap += 1
      if (!guess) count.missed += 1
    } else {
      count.disjoint += 1
      if (guess) count.invented += 1
    }
  }
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
  console.log('\nminimatch(a, b) || minimatch(b, a), 20,000 generated pairs')
  console.log(`  overlaps it misses    ${share(count.missed, count.overlap)} of ${count.overlap}`)
  console.log(`  overlaps it invents   ${share(count.invented, count.disjoint)} of ${count.disjoint}`)
}

function benchHostile(): void {
  const optional = '{,a}'.repeat(85)
  const letters = [...'abcdefghijklmnop']
  const hostile: Record<string, Pair> = {
    '{a,b} 30 times': ['{a,b}'.repeat(30), `${'{a,b}'.repeat(29)}c`],
    '10,000 characters': ['a'.repeat(10_000), '*'],
    'braces 250 deep': [`${'{a,'.repeat(250)}a${'}'.repeat(250)}`, '*b'],
    '500 stars': ['*a'.repeat(500), '*b'.repeat(500)],
    '200 times **': [`${'**/a/'.repeat(200)}x*`, `${'**/b/a/'.repeat(140)}y*`],
    '1,000 of one letter': [`*${'a'.repeat(1000)}`, `*${'a'.repeat(999)}b`],
    'just below the limit': [`x${optional}y*`, `x${optional}z*`],
    'optional 200 times': [`x${'{a,}'.repeat(200)}`, '*'],
    'exclusion **/*a???…': [{ path: '**', exclude: [`**/*a${'?'.repeat(20)}`] }, 'x*'],
    '16 exclusions': [{ path: '**', exclude: letters.map((letter) => `**/*${letter}*${letter}*z`) }, 'x*'],
  }
  console.log('\nhostile patterns                    ms')
  for (const [name, [a, b]] of Object.entries(hostile)) {
    const start = performance.now()
    const answer = answerOrRefusal(() => overlapWitness(a, b))
    console.log(`  ${name.padEnd(24)}${(performance.now() - start).toFixed(1).padStart(10)}   ${answer}`)
  }
}

function benchIndex(): void {
  const size = 100_000
  const claims = (prefix: string): Claim[][] =>
    Array.from({ length: size }, (_, i) => [{ path: `src/${prefix}-${i}/**`, mode: 'exclusive' }])
  const us = { add: Infinity, 'ask, free': Infinity, 'ask, taken': Infinity, delete: Infinity }
  for (let round = 0; round < rounds; round++) {
    const index = new ClaimIndex<number>()
    const taken = claims(`mod-${round}`)
    const free = claims(`other-${round}`)
    const keep = (name: keyof typeof us, act: (i: number) => void) => {
      us[name] = Math.min(us[name], cpuUs(() => repeat(size, act)) / size)
    }
    keep('add', (i) => index.add(i, taken[i]!))
    keep('ask, free', (i) => index.conflicts(free[i]!).next())
    keep('ask, taken', (i) => index.conflicts(taken[i]!).next())
    keep('delete', (i) => index.delete(i))
  }
  console.log(`\nindex of ${size} owners, µs an operation`)
  for (const [name, value] of Object.entries(us)) console.log(`  ${name.padEnd(14)}${micros(value)}`)
}

/** A guess that is often made; dot files count, as they do for us. */
function matchesEither(a: string | ClaimPattern, b: string | ClaimPattern): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false
  return minimatch(a, b, { dot: true }) || minimatch(b, a, { dot: true })
}

function answerOrRefusal(decide: () => string | undefined): string {
  try {
    const witness = decide()
    return witness === undefined ? 'disjoint' : `overlap, ${witness.length} characters`
  } catch (error) {
    if (!isWsError(error, 'WS_CLAIM_INVALID')) throw error
    return `refused: ${String(error.details['reason'])}`
  }
}

/** What a pair costs, of pairs that were not seen before. */
function coldUs(makePairs: () => readonly Pair[], act: (pair: Pair) => unknown): number {
  return best(() => {
    const pairs = makePairs()
    return cpuUs(() => pairs.forEach(act)) / pairs.length
  })
}

function best(measure: () => number): number {
  return Math.min(...Array.from({ length: rounds }, measure))
}

/** Time on this thread's processor, garbage included: what else the machine does does not count. */
function cpuUs(act: () => void): number {
  const before = process.threadCpuUsage()
  act()
  const { user, system } = process.threadCpuUsage(before)
  return user + system
}

function repeat(times: number, act: (i: number) => void): void {
  for (let i = 0; i < times; i++) act(i)
}

function micros(us: number): string {
  return us.toFixed(2).padStart(10)
}

/** A small generator of numbers below 1, the same on every machine. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x80000000
  }
}
