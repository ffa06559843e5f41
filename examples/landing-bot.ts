// A landing bot: three branches land on main, one verified state after the other.
// node --conditions=@ws/source examples/landing-bot.ts
import { openMergeQueue } from '@ws/merge-queue'
import { makeRepository } from './landing-bot/make-repository.ts'

const repository = makeRepository()

const queue = await openMergeQueue({ repository: repository.path, checks: { unit: 'node --test' } })
for (const branch of ['prices', 'texts', 'broken']) await queue.add({ branch })
queue.events.on('check.ended', ({ event }) => console.log(`  ${event.check}: ${event.outcome.kind}`))
for (const { id, spec } of await queue.process()) console.log(`${spec.branch}: ${queue.why(id).text}`)
await queue.close()

console.log(repository.git('log', '--first-parent', '--format=%s', 'main'))
repository.remove()
