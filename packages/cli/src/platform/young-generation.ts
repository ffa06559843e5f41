/**
 * Room for young objects, in megabytes, and as much again to copy into. V8's own choice is 16 or more, which a run fills with
 * what is soon garbage and does not give back: a fifth of all that the process holds. No processor time is lost by it.
 */
const flag = '--max-semi-space-size=2'

/** Commands that lead a run, or follow one, for as long as it takes. Others end before it matters. */
export const lastingCommands: readonly string[] = [
  ...['run', 'run-all', 'resume', 'attach', 'done', 'retry', 'release', 'discard', 'merge approve'],
]

/** What a process is started with, and what it was asked for. */
interface Started {
  readonly args: readonly string[]
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The flags for a small young generation, or none where somebody has chosen its size. */
export function youngGeneration({ execArgv, env }: Pick<Started, 'execArgv' | 'env'>): readonly string[] {
  const isChosen = /semi[-_]space[-_]size/.test([...execArgv, env['NODE_OPTIONS'] ?? ''].join(' '))
  return isChosen ? [] : [flag]
}

/**
 * The flags that a process has to be started with anew before it does what it was asked for. V8 reads this size only when it
 * starts, and what may be changed later is undone by the next worker thread.
 */
export function flagsToBeginWith(started: Started): readonly string[] {
  const [first = '', second] = started.args
  const isLasting = lastingCommands.includes(first) || lastingCommands.includes(`${first} ${second}`)
  return isLasting ? youngGeneration(started) : []
}
