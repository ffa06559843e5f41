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
    // Not through the stream: what is said must be said when the process dies.
    writeSync(1, `try ${n}\n`)
    await journal.append(sampleStep(n))
    writeSync(1, `ack ${n}\n`)
  }
} catch (error) {
  writeSync(1, `no ${n} ${code(error)}\n`)
  const again = await journal.append(sampleStep(n)).catch(code)
  writeSync(1, `then ${typeof again === 'string' ? again : 'written'}\n`)
}
await journal.close().catch((error: unknown) => writeSync(1, `close ${code(error)}\n`))

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
