import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface PublicPackage {
  readonly folder: string
  readonly manifest: Manifest
}

/** The packages that are published, each after those it depends on. */
export function publicPackages(root: string): readonly PublicPackage[] {
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
  const byName = new Map(packages.map((each) => [each.manifest.name, each]))
  const ordered = new Set<PublicPackage>()
  // Insertion order is the answer; a cycle cannot come here, turbo has refused it in the build.
  const visit = (each: PublicPackage) => {
    for (const name of Object.keys(each.manifest.dependencies ?? {})) {
      const sibling = byName.get(name)
      if (sibling !== undefined && !ordered.has(sibling)) visit(sibling)
    }
    ordered.add(each)
  }
  for (const each of packages) visit(each)
  return [...ordered]
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
