import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { withTempRepository } from '@ws/testing'
import type { Resumed } from './half-done.ts'

const program = join(import.meta.dirname, 'half-done.ts')
const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']

/**
 * A process that was killed half way through a run of so many tasks, and how long it takes the next one until it starts
 * one: from opening the repository on. Programs, worktrees and landings are stood in for, at most a hundred are at stake.
 */
export async function benchResume(count: number, rounds = 3): Promise<number> {
  return withTempRepository(({ path }) => {
    const made = spawnSync(process.execPath, [...flags, program, 'make', path, String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (made.signal !== 'SIGKILL') throw new Error(`the first life ended with ${made.status ?? made.signal}`)
    const all: Resumed[] = []
    for (let round = 0; round < rounds; round++)
      all.push(
        JSON.parse(execFileSync(process.execPath, [...flags, program, 'resume', path], { encoding: 'utf8' })),
      )
    // The first is what a crash leaves; each later one takes up what the one before gave back.
    console.log(`\nresume of a run of ${count.toLocaleString('en')} tasks, half of them done; ms`)
    for (const [round, each] of all.entries()) {
      const read = each.read.map(({ stream, ms, steps }) => `${stream} ${ms.toFixed(0)} (${steps} steps)`)
      console.log(
        `  ${round === 0 ? 'after a kill' : 'after an end'}: ${each.totalMs.toFixed(0)} until a task starts: ` +
          `repository ${each.repositoryMs.toFixed(0)}, log opened and checked ${each.journalMs.toFixed(0)}, ` +
          `led after ${each.ledMs.toFixed(0)}, started after ${each.startedMs.toFixed(0)} (waited for: snapshot ${each.snapshotMs.toFixed(0)}, ` +
          `reading ${read.join(', ')}, ${each.appends} appends ${each.appendMs.toFixed(0)}); importing before it ${each.importMs.toFixed(0)}`,
      )
    }
    return all[0]?.totalMs ?? Number.NaN
  })
}
