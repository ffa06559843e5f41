import { writeSync } from 'node:fs'
import { openSqliteJournal } from '../../src/index.ts'
import { sampleStep } from '../sample-steps.ts'

// Appends sample steps to the journal that it is given, until it is killed or an append fails. It says `try <n>`
// before each step, `ack <n>` after it, `no <n> <code>` when it was refused.

const journal = await openSqliteJournal({ path: process.argv[2] ?? '' })
const last = Number(process.argv[3] ?? Infinity)
let n = (await journal.head('run')).version + (await journal.head('queue')).version
try {
  while (n < last) {
    n += 1
    say(`try ${n}`)
    await journal.append(sampleStep(n))
    say(`ack ${n}`)
  }
} catch (error) {
  say(`no ${n} ${code(error)}`)
  const again = await journal.append(sampleStep(n)).catch(code)
  say(`then ${typeof again === 'string' ? again : 'written'}`)
}
await journal.close().catch((error: unknown) => say(`close ${code(error)}`))

/** Not through the stream: what is said must be said when the process dies. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`)
      return
    } catch (error) {
      // Whoever listens is slow, and the pipe is full.
      if (code(error) !== 'EAGAIN') throw error
    }
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
