// npm run test:clis [-- <tool> …]: installs the pinned CLIs (scripts/clis/pinned-clis.ts) and runs e2e/clis with them, the mock model
// and nothing else: where Linux lets us, without any network but loopback. Writes a row for each into docs/proofs.md, and what was
// seen of each into docs/clis.md. `together` runs several of them in one orchestrated run, `figures` measures.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printTotals, printCheck, type Check } from './check.ts'
import { type ObservedFact, writeClisPage } from './clis/clis-page.ts'
import { checkVersion, provideCli, type InstalledCli, type MissingCli } from './clis/install-cli.ts'
import { PINNED_CLIS } from './clis/pinned-clis.ts'
import { runCommand } from './command.ts'
import { recordProof } from './proofs.ts'

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

const root = join(import.meta.dirname, '..')
/** What several of them do in one run has a row of its own, and a name to ask for it by. */
const together = 'together'
const wantedByName = process.argv.slice(2)
const isTogetherOnly = wantedByName.length === 1 && wantedByName[0] === together
/** `figures`, alone or with names: how soon each is ready, and what it holds; for docs/performance.md. */
const isFigures = wantedByName.includes('figures')
const wanted = isTogetherOnly
  ? ['claude', 'codex', 'gemini', 'opencode']
  : wantedByName.filter((name) => name !== 'figures')
const folder = mkdtempSync(join(tmpdir(), 'ws-clis-'))
const checks: Check[] = []
const clis: Record<string, InstalledCli | MissingCli> = {}

try {
  for (const pin of PINNED_CLIS) {
    if (wanted.length > 0 && !wanted.includes(pin.name)) continue
    const cli = provideCli(pin, console.error)
    clis[pin.name] = cli
    const what = `${pin.name} ${pin.version}`
    if ('reason' in cli) add({ what, outcome: 'not run', detail: cli.reason })
    else {
      checkVersion(cli, folder)
      add({ what: `${what} is installed`, outcome: 'passed' })
    }
  }
  runTests()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
printTotals(checks)

function runTests() {
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const files = isTogetherOnly ? ['orchestrated-run'] : isFigures ? ['clis/figures'] : []
  const command = [process.execPath, vitest, 'run', ...files, '--root', join(root, 'e2e')]
  const flags = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const [program = '', ...args] = [...withoutNetwork(), ...command, ...flags]
  const facts = join(folder, 'facts.jsonl')
  const figures = isFigures ? join(folder, 'figures.jsonl') : undefined
  const env = {
    ...process.env,
    WS_CLIS: JSON.stringify(clis),
    WS_CLIS_FACTS: facts,
    WS_CLIS_FIGURES: figures,
  }
  // They take half an hour: whoever waits sees each one end.
  spawnSync(program, args, { cwd: join(root, 'e2e'), env, stdio: ['ignore', 'inherit', 'inherit'] })
  const results = readReport(report)
  if (results === undefined)
    return add({ what: 'e2e/clis', outcome: 'failed', detail: 'the tests did not end' })
  for (const { ancestorTitles, title, status } of results) {
    // Those that were not asked for are skipped with the rest of their file.
    if (status === 'passed' || status === 'failed')
      checks.push({ what: [...ancestorTitles, title].join(': '), outcome: status })
  }
  if (figures === undefined) prove(existsSync(facts) ? readFileSync(facts, 'utf8') : '')
  else if (existsSync(figures)) console.log(readFileSync(figures, 'utf8'))
}

function readReport(file: string) {
  try {
    const report: TestReport = JSON.parse(readFileSync(file, 'utf8'))
    return report.testResults.flatMap(({ assertionResults }) => assertionResults)
  } catch {
    return undefined
  }
}

/** A network of its own with nothing in it but loopback; empty where that cannot be had. */
function withoutNetwork(): readonly string[] {
  const prefix = ['unshare', '--net', '--map-root-user', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  const args = [...prefix.slice(1), process.execPath, '--version']
  const isPossible = process.platform === 'linux' && runCommand('unshare', args, { cwd: root }).ok
  add(
    isPossible
      ? { what: 'there is no network but loopback', outcome: 'passed' }
      : {
          what: 'without any network',
          outcome: 'not run',
          detail: 'unshare or ip is missing, or not allowed',
        },
  )
  return isPossible ? prefix : []
}

/** Each CLI is proved by itself: one that cannot be had, or was not asked for, leaves the others' rows as they are. */
function prove(noted: string) {
  const facts = noted
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ObservedFact => JSON.parse(line))
  const run = PINNED_CLIS.filter(({ name }) => name in clis && !('reason' in (clis[name] ?? {})))
  const date = new Date().toISOString().slice(0, 10)
  const seen = run
    .map(({ name, version }) => ({ name, version, date, facts: facts.filter(({ tool }) => tool === name) }))
    .filter((cli) => cli.facts.length > 0)
  const order = PINNED_CLIS.map(({ name }) => name)
  writeClisPage(root, seen, order)
  for (const { name, version } of seen) proveOne(name, [`${name} ${version}`])
  if (checks.some(({ what }) => what.startsWith(together)))
    proveOne(
      together,
      run.map(({ name, version }) => `${name} ${version}`),
    )
}

function proveOne(name: string, versions: readonly string[]) {
  const own = checks.filter(({ what }) => what.startsWith(`${name} `) || what.startsWith(`${name}:`))
  const failed = own.filter(({ outcome }) => outcome !== 'passed')
  recordProof(root, {
    what: `test:clis ${name}`,
    count: `${own.length} ${own.length === 1 ? 'check' : 'checks'}`,
    seed: '',
    versions: [...versions, `node ${process.versions.node}`].join('; '),
    result: failed.length === 0 ? 'passed' : `not passed: ${failed.map(({ what }) => what).join('; ')}`,
    covers: [
      'packages/tools/src',
      'packages/pool/src',
      ...(name === together ? ['packages/orchestrator/src'] : []),
      'packages/testing/src/mock-model',
      'scripts/clis/pinned-clis.ts',
      'e2e/clis',
    ],
  })
}

function add(check: Check) {
  checks.push(check)
  printCheck(check)
}
