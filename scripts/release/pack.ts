import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand, tail } from '../command.ts'
import { publicPackages, type PublicPackage } from './public-packages.ts'

export interface PackedPackage extends PublicPackage {
  /** Absolute path of the `.tgz`, exactly as it would be published. */
  readonly tarball: string
}

/** Packs every public package into `folder`, which is emptied first. The packages have to be built. */
export function packAll(root: string, folder: string): readonly PackedPackage[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pnpmfile = join(root, 'scripts/release/published-manifest.mjs')
  return publicPackages(root).map((each) => {
    const tarball = join(
      folder,
      `${each.manifest.name.replace('@', '').replace('/', '-')}-${each.manifest.version}.tgz`,
    )
    const args = ['pack', '--out', tarball, `--config.pnpmfile=${pnpmfile}`]
    const { ok, output } = runCommand('pnpm', args, { cwd: each.folder })
    if (!ok) throw new Error(`pnpm pack failed for ${each.manifest.name}:\n${tail(output)}`)
    return { ...each, tarball }
  })
}
