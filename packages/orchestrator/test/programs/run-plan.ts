import { readFileSync } from 'node:fs'
import { resolveRun, Plan } from '@ws/core'
import { openRepository } from '@ws/git'
import { openSqliteJournal } from '@ws/store'
import { join } from 'node:path'
import { createOrchestrator } from '../../src/index.ts'
import { killingJournal } from './killing-journal.ts'

// Runs a plan, and is killed on the way: at the n-th call of git, at the n-th that may change something, or at the n-th
// append. What it is told comes by the environment; `WS_KILL_WHAT` is `git`, `change`, `append` or `nothing`.

const [path = '', planFile = '', runId = ''] = process.argv.slice(2)
const { WS_KILL_WHAT: what, WS_KILL_AT: at, WS_KILL_WHEN: when } = process.env
const program = what === 'git' || what === 'change' ? join(import.meta.dirname, 'killing-git.sh') : undefined
const repository = await openRepository(path, program === undefined ? {} : { program })
const plain = await openSqliteJournal({ path: join(repository.facts.wsDir, 'journal.db') })
const journal = killingJournal(plain, what === 'append' ? Number(at) : Infinity, when === 'after')
// On a disk that is nearly full it would wait for space before it begins.
const ws = await createOrchestrator({
  repo: repository,
  journal,
  ...(process.env['WS_DISK_IS_SMALL'] === undefined ? {} : { minFreeBytes: 0 }),
})
const plan = Plan.parse(JSON.parse(readFileSync(planFile, 'utf8')))
const run = ws.runs.includes(runId)
  ? ws.handle(runId)
  : await ws.start(resolveRun(plan, { runId, user: 'test' }))
const { status } = await run.result
await ws.close()
await plain.close()
await repository.close()
console.log(status, journal.appends)
