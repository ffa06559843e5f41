/** What each of several ways took, in turns so that a busy moment of the machine hits all of them alike. */
export type Rounds<Way extends string> = Readonly<Record<Way, readonly number[]>>[]

/** So many of something. */
export function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

export async function msOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await body()
  return performance.now() - start
}

/** Processor time of this program, in milliseconds, for what it did meanwhile. */
export async function cpuMsOf(body: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await body()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

/** How long each of so many calls took, one after another. */
export async function sequence(count: number, body: () => Promise<unknown>): Promise<number[]> {
  const spent: number[] = []
  for (let at = 0; at < count; at++) spent.push(await msOf(body))
  return spent
}

export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The median of what a round's two medians are to each other: drifts of the machine between rounds cancel out. */
export function ratioOf<Way extends string>(rounds: Rounds<Way>, way: Way, yardstick: Way): number {
  return median(rounds.map((round) => median(round[way]) / median(round[yardstick])))
}

/** All rounds of a way together. */
export function allOf<Way extends string>(rounds: Rounds<Way>, way: Way): readonly number[] {
  return rounds.flatMap((round) => round[way])
}

/** A line of a table: a name and figures. */
export function row(name: string, ...figures: readonly (number | string)[]): void {
  const cells = figures.map((figure) => String(figure).padStart(11))
  console.log(`  ${name.padEnd(42)}${cells.join('')}`)
}

export function us(ms: number): string {
  return (ms * 1_000).toFixed(0)
}
