import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineAdapter, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../src/index.ts'
import { landedAtOnce } from './landed-at-once.ts'

const writer = lineAdapter({
  tool: 'writer',
  commands: [process.execPath],
  args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'programs', 'writing-tool.ts')],
})

test('a tool gets its prompt and the files of its task, and what it wrote is committed', () =>
  withTempRepository(async (repository) => {
    repository.commit('a guide', { 'guide.md': 'be kind' })
    const landing = landedAtOnce()
    const ws = await createOrchestrator({ repo: repository.path, landing, adapters: { writer } })
    try {
      const run = await ws.run({
        workstreams: [
          {
            id: 'docs',
            claims: ['docs/**'],
            tasks: [{ id: 't', tool: 'writer', prompt: 'write docs/a.md', inputs: ['*.md'] }],
          },
        ],
      })
      const result = await run.result
      expect(result.status).toBe('COMPLETED')
      const commit = landing.requests[0]?.commit ?? ''
      expect(repository.git('show', `${commit}:docs/a.md`).trim()).toBe(
        'write docs/a.md\n\nFiles:\n- README.md\n- guide.md',
      )
      const log = readFileSync(join(repository.path, '.ws', 'runs', result.runId, 'logs', 't.log'), 'utf8')
      expect(log).toContain('wrote docs/a.md')
    } finally {
      await ws.close()
    }
  }))

test('a tool that is not installed is named, and tried again: somebody may install it', () =>
  withTempRepository(async (repository) => {
    const missing = lineAdapter({ tool: 'ghost', commands: ['no-such-program-here'] })
    const ws = await createOrchestrator({
      repo: repository.path,
      landing: landedAtOnce(),
      adapters: { ghost: missing },
    })
    try {
      const retried = new Promise<string>((resolve) =>
        ws.events.on('task.retried', ({ event }) => resolve(JSON.stringify(event.failure))),
      )
      await ws.run({
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'ghost', prompt: 'boo' }] }],
      })
      expect(await retried).toContain('no-such-program-here')
    } finally {
      await ws.close()
    }
  }))
