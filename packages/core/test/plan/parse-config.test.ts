import { expect, test } from 'vitest'
import { parseConfig } from '../../src/plan/parse-config.ts'
import { brief } from './sample-plans.ts'

async function said(text: string): Promise<string[]> {
  const result = await parseConfig(text, { file: 'ws.yaml' })
  return result.ok ? [] : result.problems.map(brief)
}

test('a project’s settings are read, durations in milliseconds', async () => {
  const result = await parseConfig(`
base: main
concurrency: 4
budget: { usd: 50 }
ceilings: { usd: 100, concurrency: 8 }
checks: { lint: { run: npm run lint, timeout: 2m, inputs: [src/**] } }
merge: { checks: [lint] }
remote: { name: origin, push: none }
tools: { claude-cli: { account: team, execution: pooled } }
limits: { cpu: 4, Claude: 2 }
claims: { enforce: quarantine, holdUntil: landed }
guardrails: { forbidPaths: [infra/**], secrets: true }
setup: [npm ci, [npm, run, build]]
generated: { package-lock.json: npm install --package-lock-only }
notify: [{ on: [end], webhook: "https://example.org/hook" }, { desktop: true }]
users: { ada: { budget: { usdPerDay: 20 }, scopes: [read, run] } }
server: { port: 8001, publicUrl: "https://ws.example.org" }
archive: { after: 30d }
defaults: { tool: claude, timeout: 20m, reserve: 0.5 }
`)
  expect(result).toMatchObject({
    ok: true,
    config: {
      checks: { lint: { timeoutMs: 120_000 } },
      tools: { claude: { account: 'team' } },
      limits: { cpu: 4, claude: 2 },
      setup: ['npm ci', ['npm', 'run', 'build']],
      archive: { afterMs: 2_592_000_000 },
      defaults: { timeoutMs: 1_200_000, reserve: 0.5 },
    },
  })
})

test('a file that says nothing is a configuration', async () => {
  expect((await parseConfig('# nothing yet\n')).ok).toBe(true)
})

test('mistakes are named with their places, all at once', async () => {
  expect(
    await said(
      'bugdet: { usd: 1 }\nclaims: { enforce: never }\nguardrails: { forbidPaths: [/x] }\nnotify: [{ webhook: nowhere }]\nusers: { "a b": {} }\nlimits: { slots: 3 }\narchive: { after: 30 }\n',
    ),
  ).toMatchInlineSnapshot(`
    [
      "UNKNOWN_KEY bugdet :1",
      "VALUE claims.enforce :2",
      "BAD_GLOB guardrails.forbidPaths[0] :3",
      "VALUE notify[0].webhook :4",
      "VALUE users["a b"] :5",
      "VALUE limits.slots :6",
      "VALUE archive.after :7",
    ]
  `)
})

test('a key that is there twice, and a text that is no YAML', async () => {
  expect(await said('base: a\nbase: b\n')).toEqual(['DUPLICATE_KEY base :2'])
  expect(await said('base: [\n')).toEqual(['SYNTAX  :2'])
})

test('milliseconds may be said as such, and a guard may be just its command', async () => {
  const result = await parseConfig(
    'archive: { afterMs: 5000 }\nguardrails: { commands: [./scan, { run: [./scan, -v], then: warn }] }\n',
  )
  expect(result.ok && result.config).toMatchObject({
    archive: { afterMs: 5000 },
    guardrails: { commands: [{ run: './scan' }, { run: ['./scan', '-v'] }] },
  })
})
