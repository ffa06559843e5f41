// npm run release                 everything but the publishing (also a part of the gate)
// npm run release -- --version    applies the changesets to the tree; commit the result
// npm run release -- --publish    publishes what the registry does not have yet, with provenance; from CI, on a clean tree
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { printCheck, printTotals } from './check.ts'
import { runCommand, tail } from './command.ts'
import { releaseDryRun } from './release/dry-run.ts'
import { packAll } from './release/pack.ts'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    version: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
  },
})

if (values.version) {
  must('changeset version', process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'])
  must('lockfile', 'pnpm', ['install', '--lockfile-only', '--offline'])
} else {
  if (values.publish) refuseDirtyTree()
  const checks = releaseDryRun(root, printCheck)
  printTotals(checks)
  // What could not be tried is not published: there is no taking it back.
  if (values.publish && checks.every(({ outcome }) => outcome === 'passed')) publish()
  else if (values.publish) process.exitCode = 1
}

function publish() {
  for (const { manifest, tarball } of packAll(root, mkdtempSync(join(tmpdir(), 'ws-publish-')))) {
    const { name, version } = manifest
    const isPublished =
      runCommand('npm', ['view', `${name}@${version}`, 'version'], { cwd: root }).stdout.trim() === version
    if (isPublished) {
      console.log(`${name} ${version} is published already`)
      continue
    }
    must(`publish ${name} ${version}`, 'npm', ['publish', tarball, '--provenance', '--access', 'public'])
    must(`tag ${name}@${version}`, 'git', ['tag', `${name}@${version}`])
  }
}

function refuseDirtyTree() {
  const { output } = runCommand('git', ['status', '--porcelain'], { cwd: root })
  if (output.trim() === '') return
  console.error(
    `the tree has changes that no commit holds; what is published must be what is committed:\n${tail(output)}`,
  )
  process.exit(1)
}

function must(what: string, program: string, args: readonly string[]) {
  const { ok, output } = runCommand(program, args, { cwd: root })
  printCheck(ok ? { what, outcome: 'passed' } : { what, outcome: 'failed', detail: tail(output, 40) })
  if (!ok) process.exit(1)
}
