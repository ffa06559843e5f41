import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Manifest } from './manifest.ts'

/** What one kind of project in a repository needs, and how it is checked. */
export interface Ecosystem {
  /** How its package manager or build tool is called. */
  readonly manager: string
  /** The file that shows it, from the repository's root. */
  readonly because: string
  /** Brings what it depends on into a new worktree; absent where its checks do that themselves. */
  readonly setup?: string
  /** Commands by the kind of check: `lint`, `types`, `tests`. */
  readonly checks: Readonly<Record<string, string>>
}

/** A folder as far as it is looked at. */
interface Folder {
  readonly has: (file: string) => boolean
  readonly text: (file: string) => string
}

/** Scripts of a package that check something, by the kind of check. */
const scriptNames: Readonly<Record<string, readonly string[]>> = {
  lint: ['lint'],
  types: ['typecheck', 'type-check', 'tsc'],
  tests: ['test'],
}

/** What projects are in a folder. Nothing is started: the files show it. */
export function ecosystemsIn(root: string): readonly Ecosystem[] {
  const folder: Folder = {
    has: (file) => existsSync(join(root, file)),
    text: (file) => {
      try {
        return readFileSync(join(root, file), 'utf8')
      } catch {
        return ''
      }
    },
  }
  return [node, python, cargo, go, maven, gradle].flatMap((look) => look(folder) ?? [])
}

/** The folders right below a root in which a project could be. */
export function foldersOf(root: string): readonly string[] {
  const skipped = new Set(['node_modules', 'vendor', 'target', 'dist', 'build'])
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
    .map(({ name }) => name)
    .toSorted()
}

const lockFiles: readonly (readonly [file: string, manager: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
]

function node({ has, text }: Folder): Ecosystem | undefined {
  if (!has('package.json')) return undefined
  const manifest = Manifest.from(text('package.json'))
  const locked = lockFiles.find(([file]) => has(file))
  const named = /^(npm|pnpm|yarn|bun)@/.exec(manifest.packageManager ?? '')?.[1]
  const manager = locked?.[1] ?? named ?? 'npm'
  const installs: Readonly<Record<string, string>> = {
    npm: locked === undefined ? 'npm install --no-package-lock' : 'npm ci',
    pnpm: 'pnpm install --frozen-lockfile',
    yarn: has('.yarnrc.yml') ? 'yarn install --immutable' : 'yarn install --frozen-lockfile',
    bun: 'bun install --frozen-lockfile',
  }
  const needsInstall = locked !== undefined || manifest.dependsOnSomething
  const setup = needsInstall ? installs[manager] : undefined
  return {
    manager,
    because: locked?.[0] ?? 'package.json',
    ...(setup === undefined ? {} : { setup }),
    checks: Object.fromEntries(
      Object.entries(scriptNames).flatMap(([kind, names]) => {
        const script = names.find((name) => isReal(manifest.scripts[name]))
        return script === undefined ? [] : [[kind, `${manager} run ${script}`]]
      }),
    ),
  }
}

/** What `npm init` writes for lack of tests always fails. */
function isReal(script: string | undefined): boolean {
  return script !== undefined && !script.includes('no test specified')
}

function python({ has, text }: Folder): Ecosystem | undefined {
  const project = text('pyproject.toml')
  const because = ['uv.lock', 'poetry.lock', 'requirements.txt', 'pyproject.toml', 'setup.py'].find(has)
  if (because === undefined) return undefined
  const said = `${project}\n${text('requirements.txt')}\n${text('requirements-dev.txt')}`
  const hasTests = /pytest/.test(said) || ['tests', 'test', 'pytest.ini', 'conftest.py'].some(has)
  const hasRuff = /\bruff\b/.test(said) || ['ruff.toml', '.ruff.toml'].some(has)
  const [manager, setup, prefix] = pythonTools(because, { has, text })
  return {
    manager,
    because,
    setup,
    checks: {
      ...(hasRuff ? { lint: `${prefix}ruff check .` } : {}),
      ...(hasTests ? { tests: `${prefix}pytest -q` } : {}),
    },
  }
}

function pythonTools(
  because: string,
  { has, text }: Folder,
): readonly [manager: string, setup: string, prefix: string] {
  if (because === 'uv.lock' || text('pyproject.toml').includes('[tool.uv'))
    return ['uv', has('uv.lock') ? 'uv sync --frozen' : 'uv sync', 'uv run ']
  if (because === 'poetry.lock') return ['poetry', 'poetry install', 'poetry run ']
  const what = has('requirements-dev.txt')
    ? '-r requirements-dev.txt'
    : has('requirements.txt')
      ? '-r requirements.txt'
      : '-e .'
  return ['pip', `python3 -m venv .venv && .venv/bin/pip install -q ${what}`, '.venv/bin/python -m ']
}

function cargo({ has }: Folder): Ecosystem | undefined {
  if (!has('Cargo.toml')) return undefined
  const checks = { lint: 'cargo clippy -- -D warnings', tests: 'cargo test' }
  return { manager: 'cargo', because: 'Cargo.toml', checks }
}

function go({ has }: Folder): Ecosystem | undefined {
  if (!has('go.mod')) return undefined
  return { manager: 'go', because: 'go.mod', checks: { lint: 'go vet ./...', tests: 'go test ./...' } }
}

function maven({ has }: Folder): Ecosystem | undefined {
  if (!has('pom.xml')) return undefined
  const program = has('mvnw') ? './mvnw' : 'mvn'
  return { manager: 'maven', because: 'pom.xml', checks: { tests: `${program} -q -B verify` } }
}

function gradle({ has }: Folder): Ecosystem | undefined {
  const because = ['build.gradle.kts', 'build.gradle'].find(has)
  if (because === undefined) return undefined
  const program = has('gradlew') ? './gradlew' : 'gradle'
  return { manager: 'gradle', because, checks: { tests: `${program} --no-daemon check` } }
}
