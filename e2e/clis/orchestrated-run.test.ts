// Four CLIs in one run, as a plan describes them: what each of them writes lands through a check.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { createOrchestrator, type Orchestrator } from '@ws/orchestrator'
import { type MockModel, modelScript, startMockModel, withTempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { pathWith, programOfCli } from './with-real-tool.ts'

const CLIS = ['claude', 'codex', 'gemini', 'opencode'] as const

describe.skipIf(CLIS.some((name) => programOfCli(name) === undefined))('together', () => {
  it('four tools work side by side in one run, and what they write lands through a check', () =>
    withModel((model) =>
      withTempRepository(async (repository) => {
        const env = surroundings(model, join(repository.folder, 'home'))
        const ws = await createOrchestrator({ repo: repository.path, env, concurrency: 4 })
        const { result, tokens } = await finish(ws, plan(model))
        expect(result.workstreams.map(({ id, status }) => [id, status])).toEqual(
          CLIS.map((name) => [name, 'COMPLETED']),
        )
        // Two calls of the model each, of a thousand tokens read and twenty written.
        expect(tokens).toEqual(Object.fromEntries(CLIS.map((name) => [`${name}-made`, 2040])))
        const landed = CLIS.map((name) => repository.git('show', `main:${name}/made.txt`).trim())
        expect(landed).toEqual(CLIS.map((name) => `by ${name}`))
        expect(repository.git('status', '--porcelain')).toBe('')
      }),
    ))

  it('three tasks of a workstream are done by one process of their tool, which stays warm between them', () =>
    withModel((model) =>
      withTempRepository(async (repository) => {
        const known = surroundings(model, join(repository.folder, 'home'))
        const { path, starts } = noteStarts(join(repository.folder, 'bin'))
        const env = { ...known, PATH: `${path}${delimiter}${known['PATH'] ?? ''}` }
        const ws = await createOrchestrator({ repo: repository.path, env, concurrency: 4 })
        const { result } = await finish(ws, plan(model, ['one', 'two', 'three']))
        expect(result.workstreams.map(({ id, status }) => [id, status])).toEqual(
          CLIS.map((name) => [name, 'COMPLETED']),
        )
        expect(starts()).toEqual(Object.fromEntries(CLIS.map((name) => [name, 1])))
        const report: Report = JSON.parse(
          readFileSync(join(repository.path, '.ws/runs', result.runId, 'report.json'), 'utf8'),
        )
        expect(report.nodes.map(({ attempts, because }) => [attempts, because])).toEqual(
          CLIS.flatMap((name) => [
            [1, `${name}, pooled: its workstream has more tasks for it`],
            [1, `${name}, pooled: it is warm from an earlier task`],
            [1, `${name}, pooled: it is warm from an earlier task`],
          ]),
        )
        for (const name of CLIS)
          for (const file of ['one', 'two', 'three'])
            expect(repository.git('show', `main:${name}/${file}.txt`).trim()).toBe(`by ${name}`)
        expect(repository.git('status', '--porcelain')).toBe('')
      }),
    ))
})

/** As much of a report as is looked at. */
interface Report {
  readonly nodes: readonly { readonly attempts: number; readonly because: string }[]
}

/** A folder of programs of the same names, each of which notes that it was started and becomes the real one. */
function noteStarts(path: string) {
  mkdirSync(path)
  const notes = join(path, 'starts')
  for (const name of CLIS) {
    const lines = ['#!/bin/sh', `echo "${name} $*" >> '${notes}'`, `exec '${programOfCli(name)}' "$@"`, '']
    writeFileSync(join(path, name), lines.join('\n'), { mode: 0o755 })
  }
  const starts = () => {
    const noted = readFileSync(notes, 'utf8').trim().split('\n')
    // Who asks for its version has no task for it.
    const forWork = noted.filter((line) => !line.endsWith('--version'))
    return Object.fromEntries(
      CLIS.map((name) => [name, forWork.filter((line) => line.startsWith(`${name} `)).length]),
    )
  }
  return { path, starts }
}

/** Runs the plan to its end; the checkout has followed the target when the orchestrator is closed. */
async function finish(ws: Orchestrator, of: PlanInput) {
  const tokens: Record<string, number> = {}
  ws.events.on('task.succeeded', ({ event }) => {
    tokens[event.taskId] = event.usage.tokens
  })
  try {
    const run = await ws.run(of)
    const result = await run.result
    await ws.writeFiles([run.id])
    return { result, tokens }
  } finally {
    await ws.close()
  }
}

/** What the tools are told in the words of plans; keys and addresses come with the environment. */
function plan({ url }: MockModel, files: readonly string[] = ['made']): PlanInput {
  const provider = `{name="mock",base_url="${url}/v1",env_key="MOCK_KEY",wire_api="responses"}`
  const opencode = {
    provider: {
      mock: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${url}/v1`, apiKey: '{env:MOCK_KEY}' },
        models: { 'mock-model': { limit: { context: 200_000, output: 8_000 } } },
      },
    },
    model: 'mock/mock-model',
    small_model: 'mock/mock-model',
    autoupdate: false,
    share: 'disabled',
    snapshot: false,
    permission: { edit: 'allow', bash: 'deny' },
  }
  return {
    tools: {
      claude: { model: 'claude-sonnet-4-5' },
      codex: {
        model: 'gpt-5.5',
        args: ['-c', 'model_provider=mock', '-c', `model_providers.mock=${provider}`],
        env: { MOCK_KEY: 'none' },
      },
      gemini: { model: 'gemini-2.5-flash' },
      opencode: { env: { MOCK_KEY: 'none', OPENCODE_CONFIG_CONTENT: JSON.stringify(opencode) } },
    },
    checks: { made: { run: 'grep -q "^by " */*.txt' } },
    merge: { checks: ['made'] },
    workstreams: CLIS.map((name) => ({
      id: name,
      claims: [`${name}/**`],
      tasks: files.map((file, index) => ({
        id: `${name}-${file}`,
        tool: name,
        needs: files.slice(0, index).map((before) => `${name}-${before}`),
        outputs: [`${name}/${file}.txt`],
        prompt: `Write it. ${modelScript([
          { write: `${name}/${file}.txt`, content: `by ${name}\n` },
          { say: 'Written.' },
        ])}`,
      })),
    })),
  }
}

function surroundings(model: MockModel, home: string): NodeJS.ProcessEnv {
  mkdirSync(join(home, '.gemini'), { recursive: true })
  // Without it a browser is opened for the key.
  const settings = { security: { auth: { selectedType: 'gemini-api-key' } } }
  writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings))
  mkdirSync(join(home, 'tmp'))
  return {
    PATH: pathWith(CLIS.map((name) => dirname(programOfCli(name) ?? ''))),
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    // Who commits.
    GIT_CONFIG_GLOBAL: process.env['GIT_CONFIG_GLOBAL'],
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'none',
    GOOGLE_GEMINI_BASE_URL: model.url,
    GEMINI_API_KEY: 'none',
  }
}

async function withModel(body: (model: MockModel) => Promise<void>): Promise<void> {
  const model = await startMockModel()
  try {
    await body(model)
  } finally {
    await model.close()
  }
}
