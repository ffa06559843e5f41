import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { initCommand } from '../../src/commands/init.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const manifest = (scripts: Readonly<Record<string, string>>) =>
  JSON.stringify({ scripts, devDependencies: { vitest: '1.0.0' } })

interface Kind {
  readonly files: Readonly<Record<string, string>>
  readonly managers: readonly string[]
  readonly checks: Readonly<Record<string, string>>
}

const kinds: Readonly<Record<string, Kind>> = {
  npm: {
    files: { 'package.json': manifest({ test: 'vitest run', lint: 'oxlint' }), 'package-lock.json': '{}' },
    managers: ['npm'],
    checks: { lint: 'npm ci && npm run lint', tests: 'npm ci && npm run test' },
  },
  pnpm: {
    files: { 'package.json': manifest({ test: 'vitest run', typecheck: 'tsc' }), 'pnpm-lock.yaml': '' },
    managers: ['pnpm'],
    checks: {
      types: 'pnpm install --frozen-lockfile && pnpm run typecheck',
      tests: 'pnpm install --frozen-lockfile && pnpm run test',
    },
  },
  yarn: {
    files: { 'package.json': manifest({ test: 'jest' }), 'yarn.lock': '', '.yarnrc.yml': '' },
    managers: ['yarn'],
    checks: { tests: 'yarn install --immutable && yarn run test' },
  },
  'Python with uv': {
    files: {
      'pyproject.toml': '[project]\nname = "a"\n[dependency-groups]\ndev = ["pytest", "ruff"]\n',
      'uv.lock': '',
    },
    managers: ['uv'],
    checks: {
      lint: 'uv sync --frozen && uv run ruff check .',
      tests: 'uv sync --frozen && uv run pytest -q',
    },
  },
  'Python with pip': {
    files: { 'requirements.txt': 'flask\n', 'tests/test_a.py': 'def test_a(): pass\n' },
    managers: ['pip'],
    checks: {
      tests:
        'python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python -m pytest -q',
    },
  },
  cargo: {
    files: { 'Cargo.toml': '[package]\nname = "a"\n' },
    managers: ['cargo'],
    checks: { lint: 'cargo clippy -- -D warnings', tests: 'cargo test' },
  },
  go: {
    files: { 'go.mod': 'module a\n' },
    managers: ['go'],
    checks: { lint: 'go vet ./...', tests: 'go test ./...' },
  },
  maven: {
    files: { 'pom.xml': '<project/>\n', mvnw: '' },
    managers: ['maven'],
    checks: { tests: './mvnw -q -B verify' },
  },
  mixed: {
    files: { 'web/package.json': '{"scripts":{"test":"node --test"}}', 'core lib/Cargo.toml': '[package]\n' },
    managers: ['cargo', 'npm'],
    checks: {
      'lint-core-lib': 'cd "core lib" && cargo clippy -- -D warnings',
      'tests-core-lib': 'cd "core lib" && cargo test',
      'tests-web': 'cd "web" && npm run test',
    },
  },
  empty: { files: {}, managers: [], checks: {} },
}

const plan = 'workstreams: [{ id: docs, claims: [docs/**], tasks: [{ id: d, run: mkdir docs }] }]\n'

describe('ws init writes settings that a dry run accepts', () => {
  test.each(Object.keys(kinds))('in a repository of the kind: %s', (name) =>
    withTempRepository(
      async (repository) => {
        const kind = kinds[name]
        repository.write({ ...kind?.files, 'plan.yaml': plan })
        const init = await cli(repository.path, ['init', '--json'])
        expect(init.code, init.err).toBe(exitCodes.completed)
        const answer = lastJson(init)
        expect(initCommand.answers?.safeParse(answer).error).toBeUndefined()
        expect(answer).toMatchObject({
          version: 1,
          base: 'trunk',
          managers: kind?.managers,
          checks: kind?.checks,
        })
        expect(repository.read('ws.yaml').split('\n')[0]).toBe(
          '# yaml-language-server: $schema=.ws/config.schema.json',
        )
        expect(existsSync(join(repository.path, '.ws/config.schema.json'))).toBe(true)
        const dry = await cli(repository.path, ['run', 'plan.yaml', '--dry-run'])
        expect(dry.code, dry.err).toBe(exitCodes.completed)
        expect(dry.out).toContain('lands on trunk')
        // The schema is for editors and stays out of the history.
        expect(repository.git('status', '--porcelain')).not.toContain('.ws/')
      },
      // An empty repository has no commit either.
      { branch: 'trunk', files: name === 'empty' ? null : { 'README.md': '' } },
    ),
  )
})

const withEnvFile = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('ignores', { '.gitignore': '.env*\nnode_modules/\n' })
    repository.write({ '.env.local': 'A=1\n', 'node_modules/a/.env': 'B=2\n' })
    await tell(repository)
  })

describe('ws init', () => {
  test('lists ignored files that programs need, but none of what they installed', () =>
    withEnvFile(async (repository) => {
      expect((await cli(repository.path, ['init'])).out).toContain('.worktreeinclude')
      expect(repository.read('.worktreeinclude')).toMatch(/^#[^\n]+\n\.env\.local\n$/)
    }))

  test('names the coding tools on the PATH, and has tasks use the first of them', () =>
    withTempRepository(async (repository) => {
      const bin = join(repository.folder, 'bin')
      mkdirSync(bin)
      for (const name of ['codex', 'gemini']) {
        writeFileSync(join(bin, name), '#!/bin/sh\n')
        chmodSync(join(bin, name), 0o755)
      }
      const env = { PATH: `${bin}${delimiter}/usr/bin${delimiter}/bin` }
      const { out } = await cli(repository.path, ['init'], { env })
      expect(out).toContain('tools    codex, gemini')
      expect(repository.read('ws.yaml')).toContain('defaults: { tool: codex } # installed: codex, gemini')
    }))

  test('leaves settings that are there alone unless it is told to write over them', () =>
    withTempRepository(async (repository) => {
      repository.write({ 'ws.yaml': 'concurrency: 7\n' })
      const refused = await cli(repository.path, ['init'])
      expect(refused).toMatchObject({ code: exitCodes.invalid, out: '' })
      expect(refused.err).toBe('ws: there is ws.yaml already\n  ws init --force writes over it\n')
      const dry = await cli(repository.path, ['init', '--dry-run'])
      expect(dry.out).toContain('version: 1')
      expect(repository.read('ws.yaml')).toBe('concurrency: 7\n')
      expect((await cli(repository.path, ['init', '--force'])).code).toBe(exitCodes.completed)
      expect(repository.read('ws.yaml')).toContain('concurrency: 3')
    }))

  test('keeps to a narrow window', () =>
    withEnvFile(async (repository) => {
      const { out } = await cli(repository.path, ['init'], { columns: 60 })
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
    }))
})
