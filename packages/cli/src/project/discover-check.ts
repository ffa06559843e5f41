import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, checkKey } from '@ws/core'
import * as z from 'zod'

/** A check that a repository shows, and by what. */
export interface DiscoveredCheck {
  readonly check: Check
  readonly because: string
}

const Manifest = z.looseObject({ scripts: z.record(z.string(), z.string()).default({}) })

/** Files that show a tool, and the command that it brings for each kind of check; the first that fits counts. */
const signs: readonly {
  readonly files: readonly string[]
  readonly runs: Readonly<Record<string, string>>
}[] = [
  { files: ['ruff.toml', '.ruff.toml'], runs: { lint: 'ruff check' } },
  { files: ['pytest.ini', 'conftest.py', 'tests/conftest.py'], runs: { tests: 'pytest -q' } },
  { files: ['Cargo.toml'], runs: { lint: 'cargo clippy -- -D warnings', tests: 'cargo test' } },
  { files: ['go.mod'], runs: { lint: 'go vet ./...', tests: 'go test ./...' } },
]

/** The scripts of a package that are taken for a kind of check. */
const scripts: Readonly<Record<string, string>> = {
  lint: 'lint',
  tests: 'test',
  coverage: 'coverage',
  integration: 'test:integration',
}

/** The command of a check that is only named, as the files of the repository show it. */
export function discoverCheck(name: string, root: string): DiscoveredCheck | undefined {
  const kind = checkKey(name)
  const script = scripts[kind]
  if (script !== undefined && scriptsOf(root)[script] !== undefined)
    return { check: { run: `npm run ${script}` }, because: `npm run ${script}, a script of package.json` }
  for (const { files, runs } of signs) {
    const file = files.find((each) => existsSync(join(root, each)))
    const run = runs[kind]
    if (file !== undefined && run !== undefined)
      return { check: { run }, because: `${run}, since there is ${file}` }
  }
  return undefined
}

function scriptsOf(root: string): Readonly<Record<string, string>> {
  try {
    return Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).scripts
  } catch {
    // None, or none that can be read: then it shows nothing.
    return {}
  }
}
