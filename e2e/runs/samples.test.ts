import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentTurn, type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { type ScriptedSettings, withScripted } from './scripted.ts'
import { readWritten } from './written-files.ts'
import { resultOf, ws } from './ws.ts'

const samples = join(import.meta.dirname, '../../packages/core/test/plan/samples')

/** Who writes what when asked for what. */
function writing(what: Readonly<Record<string, readonly string[]>>): readonly AgentTurn[] {
  return Object.entries(what).map(([when, files]) => ({
    when,
    steps: [...files.map((file) => ({ write: file, content: `${when}\n` })), { say: 'Done.' }],
  }))
}

interface Sample extends Omit<ScriptedSettings, 'script'> {
  readonly file: string
  readonly files: Readonly<Record<string, string>>
  readonly writes: Readonly<Record<string, readonly string[]>>
  /** Whether a check or a task says anything of what has landed. @default true */
  readonly verifies?: boolean
}

/** Runs a sample from its file and hands over what became of the repository. */
function runSample(
  { file, files, writes, verifies = true, ...settings }: Sample,
  look: (seen: {
    readonly repository: TempRepository
    readonly landed: readonly string[]
    readonly result: ReturnType<typeof resultOf>
    readonly prompts: readonly string[]
  }) => void,
): Promise<void> {
  return withTempRepository(
    async (repository) => {
      const tools = await withScripted(repository, { ...settings, script: writing(writes) })
      try {
        repository.commit('the plan', { [file]: readFileSync(join(samples, file), 'utf8') })
        const before = repository.git('rev-parse', 'main')
        const ended = await ws(repository, 'run', file, '--yes', '--json')
        expect(ended.code, `${ended.err}\n${ended.out}`).toBe(0)
        const landed = repository.git('diff', '--name-only', before, 'main').split('\n')
        const prompts = (await tools.turns()).map(({ prompt }) => prompt)
        look({ repository, landed, result: resultOf(ended), prompts })
        await lookAtFiles(repository, resultOf(ended), { prompts: prompts.length, verifies })
        expect(repository.git('status', '--porcelain')).toBe('')
        expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
      } finally {
        await tools.close()
      }
    },
    { files: { 'README.md': 'hello\n', ...files } },
  )
}

/** Whatever people and other programs read of a run is there, and is what its shape says. */
async function lookAtFiles(
  repository: TempRepository,
  { runId, workstreams }: ReturnType<typeof resultOf>,
  { prompts, verifies }: { readonly prompts: number; readonly verifies: boolean },
): Promise<void> {
  const { shapeOf, texts } = await readWritten(repository)
  const run = `runs/${runId}`
  expect(Object.fromEntries(shapeOf)).toEqual({
    'cost_ledger.jsonl': 'ledger',
    'merge_queue.json': 'queue',
    'roadmap_state.json': 'roadmap',
    'tool_health.json': 'health',
    [`${run}/report.json`]: 'report',
    [`${run}/result.json`]: 'result',
    [`${run}/run_status.json`]: 'status',
    ...(verifies ? { [`${run}/verification_report.json`]: 'verification' } : {}),
    [`${run}/workstreams/_run.json`]: 'record',
    ...Object.fromEntries(workstreams.map(({ id }) => [`${run}/workstreams/${id}.json`, 'record'])),
  })
  const logs = workstreams.flatMap(({ tasks }) => tasks.map(({ id }) => `${run}/logs/${id}.log`))
  expect(texts).toEqual(expect.arrayContaining(['logs/orchestrator.log', `${run}/report.md`, ...logs]))
  // One line for each prompt, and none for what costs nothing.
  expect(repository.read('.ws/cost_ledger.jsonl').trim().split('\n')).toHaveLength(prompts)
}

test('a plan of nodes lands three branches through its checks, then verifies what has landed', () =>
  runSample(
    {
      file: 'dag-plan.json',
      files: { 'src/auth/base.py': 'base = 1\n', 'requirements.txt': 'none\n' },
      tools: ['aider', 'claude', 'cursor-agent'],
      checks: ['lint', 'tests', 'security-scan'],
      writes: {
        'Implement the middleware': ['src/middleware/oauth.py', 'src/auth/oauth_handler.py'],
        'Write the tests.': ['tests/test_oauth.py', 'tests/test_middleware.py'],
        'Update the documentation.': ['docs/authentication.md', 'README.md'],
        'Verify the merged result.': [],
      },
    },
    ({ landed, result, prompts }) => {
      expect(result.workstreams.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'n1 COMPLETED',
        'n2 COMPLETED',
        'n3 COMPLETED',
        'n4 COMPLETED',
      ])
      expect(landed).toEqual([
        'README.md',
        'docs/authentication.md',
        'src/auth/oauth_handler.py',
        'src/middleware/oauth.py',
        'tests/test_middleware.py',
        'tests/test_oauth.py',
      ])
      expect(prompts).toHaveLength(4)
      // The verification is given what has landed, not what it was when the run began.
      expect(prompts.at(-1)).toContain('- docs/authentication.md')
    },
  ))

test('a plan of streams runs its groups one after another and verifies at the end', () =>
  runSample(
    {
      file: 'multi_stream.yaml',
      files: { 'docs/index.md': 'docs\n' },
      tools: ['claude', 'codex'],
      writes: {
        'Set up the continuous integration': ['.github/workflows/ci.yml', 'Makefile'],
        'Write the JSON schemas': ['contracts/schemas/user.json'],
        'Validate the fixtures': ['tests/fixtures.txt'],
        'Write the workflow definitions': ['workflows/main.yml'],
        'Write the policy files': ['policy/main.rego'],
        'Write the compose file': ['compose.yaml', 'services/api/Dockerfile'],
        'Carry out the phase "documentation"': ['docs/guide.md'],
        'Verify what has landed': [],
      },
    },
    ({ landed, result, prompts }) => {
      expect(result.workstreams.every(({ status }) => status === 'COMPLETED')).toBe(true)
      expect(landed).toEqual([
        '.github/workflows/ci.yml',
        'Makefile',
        'compose.yaml',
        'contracts/schemas/user.json',
        'docs/guide.md',
        'policy/main.rego',
        'services/api/Dockerfile',
        'tests/fixtures.txt',
        'workflows/main.yml',
      ])
      expect(prompts).toHaveLength(8)
      expect(prompts.at(-1)).toContain('Verify what has landed')
    },
  ))

test('a plan of phases runs under its own id', () =>
  runSample(
    {
      file: 'phase-plan.jsonc',
      files: { 'package.json': '{ "scripts": { "test": "node --version" } }\n', 'src/parser/a.ts': 'a\n' },
      tools: ['aider', 'codex', 'claude'],
      verifies: false,
      writes: {
        'Split the parser': ['src/parser/b.ts'],
        'Type the configuration': ['src/config/types.ts'],
        'Describe the parser': ['docs/parser.md'],
      },
    },
    ({ landed, result }) => {
      expect(result.runId).toBe('01K6ZC3T9V0Q1W2E3R4T5Y6S7J')
      expect(result.workstreams.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'WS-1 COMPLETED',
        'WS-2 COMPLETED',
        'WS-3 COMPLETED',
      ])
      expect(landed).toEqual(['docs/parser.md', 'src/config/types.ts', 'src/parser/b.ts'])
    },
  ))
