import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check } from '../check.ts'
import { runCommand, tail } from '../command.ts'
import { packAll } from './pack.ts'
import { tryOut, type Compiler } from './try-out.ts'
import { plannedVersions } from './version-plan.ts'

/** Everything of a release but the publishing, leaving the tree as it was. `report` is called as each check ends. */
export function releaseDryRun(root: string, report: (check: Check) => void): readonly Check[] {
  const checks: Check[] = []
  const add = (check: Check) => {
    checks.push(check)
    report(check)
  }
  const build = runCommand('pnpm', ['run', 'build'], { cwd: root })
  add(
    build.ok
      ? { what: 'build', outcome: 'passed' }
      : { what: 'build', outcome: 'failed', detail: tail(build.output, 40) },
  )
  if (!build.ok) return checks
  try {
    const versions = [...plannedVersions(root)].map(([name, version]) => `${name} ${version}`)
    add({ what: `changeset version: ${versions.join(', ')}`, outcome: 'passed' })
  } catch (error) {
    add({ what: 'changeset version', outcome: 'failed', detail: String(error) })
  }
  const folder = mkdtempSync(join(tmpdir(), 'ws-release-'))
  try {
    const packed = packAll(root, join(folder, 'tarballs'))
    const shared = { root, packed, node: runningNode(), compilers: [ownCompiler(root)] }
    for (const manager of ['npm', 'pnpm'] as const) {
      for (const check of tryOut({ ...shared, folder: join(folder, manager), manager })) {
        add({ ...check, what: `${manager}: ${check.what}` })
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return checks
}

function runningNode() {
  return { version: process.versions.node, program: process.execPath }
}

function ownCompiler(root: string): Compiler {
  return { version: '7', tsc: join(root, 'node_modules/typescript/bin/tsc') }
}
