import { withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { lastOf, runProgram } from './programs/run-program.ts'
import { readAll, sampleSteps } from './sample-steps.ts'

/** One log lives through all kills; each one goes on where the last one was killed. */
async function killAtEach(word: 'try' | 'ack', kills: number): Promise<void> {
  await withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    let written = 0
    for (let kill = 1; kill <= kills; kill += 1) {
      const target = `${word} ${written + kill}`
      const { lines, signal, errors } = await runProgram('append.ts', [path], {
        onLine: (line, child) => line === target && child.kill('SIGKILL'),
      })
      expect(signal, `${errors}${lines.slice(-3).join('\n')}`).toBe('SIGKILL')
      const journal = await openSqliteJournal({ path })
      const steps = await readAll(journal)
      await journal.close()
      // What was acknowledged is there; what was only tried may be; each once, in order, as it was given.
      expect(steps.length).toBeGreaterThanOrEqual(Math.max(lastOf(lines, 'ack'), written))
      expect(steps.length).toBeLessThanOrEqual(lastOf(lines, 'try'))
      expect(steps).toEqual(sampleSteps(steps.length))
      written = steps.length
    }
  })
}

const kills = process.env['WS_SOAK'] === undefined ? 8 : 200

describe('kill -9', () => {
  test(
    'loses and doubles no acknowledged step when it comes with the n-th acknowledgement',
    () => killAtEach('ack', kills),
    600_000,
  )
  test(
    'loses and doubles no acknowledged step when it comes in the middle of the n-th append',
    () => killAtEach('try', kills),
    600_000,
  )
})
