// npm run test:runs [-- <file> …]: whole stories through the command `ws` on real repositories, those among them that a gate has no
// time for: interruptions, processes that are stopped and killed, several processes on one repository. Writes its row into docs/proofs.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordProof } from './proofs.ts'

interface Report {
  readonly numTotalTests: number
  readonly numPassedTests: number
  readonly numFailedTests: number
}

const root = join(import.meta.dirname, '..')
const files = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'ws-runs-'))
const file = join(folder, 'report.json')

try {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const flags = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`]
  const started = Date.now()
  // They take minutes: whoever waits sees each one end.
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...files, ...flags], {
    cwd: join(root, 'e2e', 'runs'),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const seconds = Math.round((Date.now() - started) / 1000)
  const result = status === 0 ? 'passed' : `${report.numFailedTests} failed`
  recordProof(root, {
    what: files.length === 0 ? 'test:runs' : `test:runs ${files.join(' ')}`,
    count: `${report.numTotalTests} stories`,
    seed: '',
    versions: `node ${process.versions.node}`,
    result: `${result} in ${seconds} s`,
    covers: [
      'packages/orchestrator/src',
      'packages/cli/src',
      'packages/merge-queue/src',
      'packages/store/src',
      'e2e/runs',
    ],
  })
  process.exitCode = status === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
