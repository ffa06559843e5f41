// A journal of one's own, here in memory with a line for each step: whatever keeps steps in order can be the truth.
import { type Journal, MemoryJournal } from '@ws/core'
import { createOrchestrator } from '@ws/orchestrator'
import { withTempRepository } from '@ws/testing'

function telling(journal: Journal, tell: (line: string) => void): Journal {
  return {
    append: async (draft) => {
      const position = await journal.append(draft)
      tell(`${draft.stream} ${position.version}: ${draft.events.map(({ type }) => type).join(', ')}`)
      return position
    },
    read: (options) => journal.read(options),
    head: (stream) => journal.head(stream),
    lead: (epoch) => journal.lead(epoch),
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    loadSnapshot: (stream) => journal.loadSnapshot(stream),
    close: () => journal.close(),
  }
}

await withTempRepository(async (repository) => {
  const journal = telling(new MemoryJournal(), (line) => console.log(line))
  const ws = await createOrchestrator({ repo: repository.path, journal })
  const run = await ws.run({
    workstreams: [
      { id: 'docs', claims: ['docs/**'], tasks: [{ id: 'd', run: 'mkdir docs && date > docs/made' }] },
    ],
  })
  console.log((await run.result).status)
  await ws.close()
})
