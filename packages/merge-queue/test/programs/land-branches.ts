// Lands branches and is killed on the way: `node land-branches.ts <what to land, as JSON>`.
import { appendFileSync, readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { openRepository } from '@ws/git'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { FileJournal } from './file-journal.ts'
import type { LandBranches } from '../kills/kill-case.ts'

const plan: LandBranches = JSON.parse(process.argv[2] ?? '{}')
const { path, program, journal: journalFile, steps, killAt, moment, branches, remote } = plan

// A process that is killed leaves nothing behind that the next one could be faster by.
flushCompileCache()

/** Steps of git and of the journal are numbered together: the program that stands for git counts in the same file. */
let appends = 0
const journal = await FileJournal.open(journalFile, (append) => {
  const name = `append ${++appends}`
  appendFileSync(steps, `${name}\n`)
  const isMine = readFileSync(steps, 'utf8').split('\n').indexOf(name) + 1 === killAt
  if (isMine && moment === 'before') process.kill(process.pid, 'SIGKILL')
  append()
  if (isMine) process.kill(process.pid, 'SIGKILL')
})
const repository = await openRepository(path, { program })
const queue = await openMergeQueue({
  repository,
  journal,
  checks: { unit: 'test ! -e broken.txt' },
  ...(remote === undefined ? {} : { remote: { name: remote, push: 'target' } }),
})
for (const { name, method } of branches) await queue.add({ branch: name, id: name, method })
await queue.process()
await queue.close()
await repository.close()
console.log('done')
