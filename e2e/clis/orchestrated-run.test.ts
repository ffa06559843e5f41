// Four CLIs in one run, as a plan describes them: what each of them writes lands through a check.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
        const { result, tokens } = await finish(ws, model)
        expect(result.workstreams.map(({ id, status }) => [id, status])).toEqual(
          CLIS.map((name) => [name, 'COMPLETED']),
        )
        // Two calls of the model each, of a thousand tokens read and twenty written.
        expect(tokens).toEqual(Object.fromEntries(CLIS.map((name) => [`make-${name}`, 2040])))
        const landed = CLIS.map((name) => repository.git('show', `main:${name}/made.txt`).trim())
        expect(landed).toEqual(CLIS.map((name) => `by ${name}`))
        expect(repository.git('status', '--porcelain')).toBe('')
      }),
    ))
})

/** Runs the plan to its end; the checkout has followed the target when the orchestrator is closed. */
async function finish(ws: Orchestrator, model: MockModel) {
  const tokens: Record<string, number> = {}
  ws.events.on('task.succeeded', ({ event }) => {
    tokens[event.taskId] = event.usage.tokens
  })
  try {
    const run = await ws.run(plan(model))
    return { result: await run.result, tokens }
  } finally {
    await ws.close()
  }
}

/** What the tools are told in the words of plans; keys and addresses come with the environment. */
function plan({ url }: MockModel): PlanInput {
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
    checks: { made: { run: 'grep -q "^by " */made.txt' } },
    merge: { checks: ['made'] },
    workstreams: CLIS.map((name) => ({
      id: name,
      claims: [`${name}/**`],
      tasks: [
        {
          id: `make-${name}`,
          tool: name,
          outputs: [`${name}/made.txt`],
          prompt: `Write it. ${modelScript([
            { write: `${name}/made.txt`, content: `by ${name}\n` },
            { say: 'Written.' },
          ])}`,
        },
      ],
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
