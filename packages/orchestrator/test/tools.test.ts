import { readFileSync, writeFileSync } from 'node:fs'
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

const ghost = lineAdapter({ tool: 'ghost', commands: ['no-such-program-here'] })

test('a plan whose tool is not installed is refused before anything starts, with what was looked for', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({
      repo: repository.path,
      landing: landedAtOnce(),
      adapters: { ghost },
    })
    try {
      const refused = ws.run({
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'ghost', prompt: 'boo' }] }],
      })
      await expect(refused).rejects.toMatchObject({
        code: 'WS_TOOL_MISSING',
        message: 'no program was found: task "t" needs ghost (no-such-program-here)',
      })
      expect(ws.runs).toEqual([])
    } finally {
      await ws.close()
    }
  }))

test('a program that is gone when its turn comes fails its task at once, by name', () =>
  withTempRepository(async (repository) => {
    const program = join(repository.folder, 'short-lived')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    try {
      const run = await ws.run({
        tools: { brief: { command: program } },
        workstreams: [
          {
            id: 'a',
            claims: ['x'],
            tasks: [
              { id: 'gone', run: `rm ${program}` },
              { id: 't', needs: ['gone'], tool: 'brief', prompt: 'boo' },
            ],
          },
        ],
      })
      const result = await run.result
      expect(result.workstreams[0]?.tasks[1]).toMatchObject({ status: 'FAILED', attempts: 1 })
      expect(result.workstreams[0]?.tasks[1]?.error).toContain('short-lived" was found')
    } finally {
      await ws.close()
    }
  }))

test('a tool that is missing gives way to its stand-in', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({
      repo: repository.path,
      landing: landedAtOnce(),
      adapters: { ghost, writer },
    })
    try {
      const run = await ws.run({
        tools: { ghost: { fallback: ['writer'] } },
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'ghost', prompt: 'write x' }] }],
      })
      expect((await run.result).status).toBe('COMPLETED')
    } finally {
      await ws.close()
    }
  }))

test('a program that nothing is known of gets the prompt on its standard input', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    try {
      const run = await ws.run({
        tools: { keeper: { command: 'sh', args: ['-c', 'cat > kept.txt; echo kept'] } },
        workstreams: [
          {
            id: 'a',
            claims: ['kept.txt'],
            tasks: [{ id: 't', tool: 'keeper', prompt: 'remember this', outputs: ['kept.txt'] }],
          },
        ],
      })
      expect(await run.result).toMatchObject({ status: 'COMPLETED' })
    } finally {
      await ws.close()
    }
  }))
