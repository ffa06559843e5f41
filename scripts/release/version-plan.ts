import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runCommand, tail } from '../command.ts'
import { publicPackages } from './public-packages.ts'

/**
 * The versions that the waiting changesets lead to: `changeset version`, run on a copy of the manifests.
 * @throws when a changeset cannot be applied.
 */
export function plannedVersions(root: string): ReadonlyMap<string, string> {
  if (!hasChangesets(root)) return versions(root)
  const copy = mkdtempSync(join(tmpdir(), 'ws-versions-'))
  try {
    const manifests = publicPackages(root).map(({ folder }) => join(relative(root, folder), 'package.json'))
    for (const path of ['package.json', 'pnpm-workspace.yaml', '.changeset', ...manifests]) {
      mkdirSync(join(copy, path, '..'), { recursive: true })
      cpSync(join(root, path), join(copy, path), { recursive: true })
    }
    // Changesets look for the root of a repository, and would find this one when the folder for temporary files lies in it.
    runCommand('git', ['init', '--quiet'], { cwd: copy })
    const changeset = join(root, 'node_modules/@changesets/cli/bin.js')
    const { ok, output } = runCommand(process.execPath, [changeset, 'version'], { cwd: copy })
    if (!ok) throw new Error(`changeset version failed:\n${tail(output)}`)
    return versions(copy)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Without one, `changeset version` fails. */
function hasChangesets(root: string): boolean {
  return readdirSync(join(root, '.changeset')).some((name) => name.endsWith('.md') && name !== 'README.md')
}

function versions(root: string): ReadonlyMap<string, string> {
  return new Map(publicPackages(root).map(({ manifest }) => [manifest.name, manifest.version]))
}
