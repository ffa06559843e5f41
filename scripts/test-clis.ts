// npm run test:clis [-- <tool> …]: installs the pinned CLIs (scripts/clis/pinned-clis.ts) and runs e2e/clis with them, the mock model
// and nothing else: where Linux lets us, without any network but loopback. Writes its row into docs/proofs.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printTotals, printCheck, type Check } from './check.ts'
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
const wanted = process.argv.slice(2)
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
  const command = [process.execPath, vitest, 'run', '--root', join(root, 'e2e')]
  const flags = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const [program = '', ...args] = [...withoutNetwork(), ...command, ...flags]
  const env = { ...process.env, WS_CLIS: JSON.stringify(clis) }
  // They take a quarter of an hour: whoever waits sees each one end.
  spawnSync(program, args, { cwd: join(root, 'e2e'), env, stdio: ['ignore', 'inherit', 'inherit'] })
  const results = readReport(report)
  if (results === undefined)
    return add({ what: 'e2e/clis', outcome: 'failed', detail: 'the tests did not end' })
  for (const { ancestorTitles, title, status } of results) {
    // Those that were not asked for are skipped with the rest of their file.
    if (status === 'passed' || status === 'failed')
      checks.push({ what: [...ancestorTitles, title].join(': '), outcome: status })
  }
  if (wanted.length === 0) prove()
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

function prove() {
  const failed = checks.filter(({ outcome }) => outcome !== 'passed')
  const versions = PINNED_CLIS.map(({ name, version }) => `${name} ${version}`)
  recordProof(root, {
    what: 'test:clis',
    count: `${checks.length} checks`,
    seed: '',
    versions: `${versions.join(', ')}; node ${process.versions.node}`,
    result: failed.length === 0 ? 'passed' : `not passed: ${failed.map(({ what }) => what).join('; ')}`,
    covers: [
      'packages/tools/src',
      'packages/pool/src',
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
