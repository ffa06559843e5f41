// The examples as somebody runs them who has the CLI: nothing but its own settings says which model is asked.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { describeRealTools, pathWith, programOfCli, withRealTool } from './with-real-tool.ts'

const folder = join(import.meta.dirname, '../../examples')
const EXAMPLES = ['launch-cluster', 'parallel-refactor', 'agent-review', 'test-generation']

/** What a user of codex has written for a service of their own. */
const codexSettings = (url: string) => `model = "gpt-5.5"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = "${url}/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
`

describeRealTools(
  'examples',
  (tool) => {
    it.each(EXAMPLES)('%s runs to its end', (example) =>
      withRealTool(tool, async ({ model, repository }) => {
        const home = join(repository.folder, 'home')
        mkdirSync(join(home, '.codex'), { recursive: true })
        writeFileSync(join(home, '.codex/config.toml'), codexSettings(model.url))
        const env = {
          PATH: pathWith([dirname(programOfCli(tool.name) ?? '')]),
          HOME: home,
          TMPDIR: join(repository.folder, 'tmp'),
          ANTHROPIC_API_KEY: 'none',
          ANTHROPIC_BASE_URL: model.url,
          OPENAI_API_KEY: 'none',
        }
        const args = ['--conditions=@ws/source', `${example}.ts`, '--tool', tool.name]
        const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
        let said = ''
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => (said += text))
        const [code] = await once(child, 'close')
        expect(code, said).toBe(0)
        expect(said).not.toContain('failed')
        expect(model.requests.length).toBeGreaterThan(2)
      }),
    )
  },
  ({ name }) => name === 'claude' || name === 'codex',
)
