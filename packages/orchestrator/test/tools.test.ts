import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fakeAgent, lineAdapter, withTempRepository } from '@ws/testing'
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

test('a tool that is missing gives way to its stand-in, without an attempt of its own, and that is told', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({
      repo: repository.path,
      landing: landedAtOnce(),
      adapters: { writer },
    })
    try {
      const run = await ws.run({
        tools: { claude: { command: 'no-such-claude', fallback: ['writer'] } },
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'claude', prompt: 'write x' }] }],
      })
      expect(await run.result).toMatchObject({
        status: 'COMPLETED',
        workstreams: [{ tasks: [{ attempts: 1 }] }],
      })
      await ws.writeFiles([run.id])
      const read = (...path: readonly string[]) =>
        JSON.parse(readFileSync(join(repository.path, '.ws', ...path), 'utf8'))
      const health = {
        status: 'missing',
        warning: 'no program "no-such-claude" was found; npm install -g @anthropic-ai/claude-code',
      }
      expect(read('tool_health.json')['claude']).toMatchObject(health)
      expect(read('runs', run.id, 'report.json')).toMatchObject({
        nodes: [{ tool: 'writer' }],
        tools: { claude: health },
      })
    } finally {
      await ws.close()
    }
  }))

test('a plan whose built-in tool is not installed is refused with the command that installs it', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce(), env: { PATH: '' } })
    try {
      const refused = ws.run({
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'codex', prompt: 'boo' }] }],
      })
      await expect(refused).rejects.toMatchObject({
        code: 'WS_TOOL_MISSING',
        hint: expect.stringContaining('install it (npm install -g @openai/codex), put its folder on PATH'),
      })
    } finally {
      await ws.close()
    }
  }))

test('the version of a tool and its pace are in the files of the run', () =>
  withTempRepository(async (repository) => {
    const agent = await fakeAgent({ tool: 'claude', script: [[{ wait: 'go' }, { say: 'Done.' }]] })
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    try {
      const run = await ws.run({
        tools: { claude: { command: agent.program } },
        workstreams: [{ id: 'a', claims: ['x'], tasks: [{ id: 't', tool: 'claude', prompt: 'go' }] }],
      })
      const told = async (): Promise<object | undefined> => {
        await ws.writeFiles([run.id])
        const report = JSON.parse(
          readFileSync(join(repository.path, '.ws', 'runs', run.id, 'report.json'), 'utf8'),
        )
        return report.tools?.claude?.version === null ? undefined : report.tools?.claude
      }
      // Nobody waits for what a tool says of itself; the task goes on when it has been said.
      while ((await told()) === undefined);
      expect(await told()).toEqual({
        status: 'healthy',
        version: expect.stringMatching(/^\d+\.\d+/),
        last_check: expect.any(String),
        response_time_ms: expect.any(Number),
      })
      await agent.release('go')
      expect((await run.result).status).toBe('COMPLETED')
    } finally {
      await ws.close()
      await agent.close()
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
