import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import rootManifest from '../../package.json' with { type: 'json' }
import { runCommand, tail } from '../command.ts'
import type { PackedPackage } from './pack.ts'

export type Manager = 'npm' | 'pnpm'

export type Installed =
  { readonly outcome: 'passed' } | { readonly outcome: 'failed' | 'not run'; readonly detail: string }

const INSTALL: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  pnpm: ['install', '--ignore-scripts', '--no-frozen-lockfile'],
}

// By default both try for minutes to reach a registry that is not there.
const IMPATIENT = {
  npm: ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000'],
  pnpm: [
    '--config.fetchRetries=1',
    '--config.fetchRetryMintimeout=1000',
    '--config.fetchRetryMaxtimeout=1000',
  ],
}

/** The version that this repository itself is checked with. */
const NODE_TYPES = rootManifest.devDependencies['@types/node']

// What npm and pnpm say when a package is neither in their cache nor reachable.
const UNREACHABLE =
  /ENOTCACHED|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|NO_OFFLINE_(META|TARBALL)|META_FETCH_FAIL/

/**
 * Makes `folder` a project that depends on the tarballs, as a stranger's would, and installs it. Siblings are overridden by their
 * tarballs: nothing of ours is asked from the registry, where this version is not yet.
 */
export function installEmptyProject(
  folder: string,
  manager: Manager,
  packed: readonly PackedPackage[],
): Installed {
  const ours = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))
  const peers = packed.flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}))
  const strangers = Object.fromEntries(peers.filter(([name]) => !(name in ours)))
  const project = {
    name: 'empty-project',
    private: true,
    type: 'module',
    // As every project for Node has them; our declarations name what Node has.
    devDependencies: { '@types/node': NODE_TYPES },
    dependencies: { ...strangers, ...ours },
    // npm refuses an override of a direct dependency unless both say the same, which they do.
    ...(manager === 'npm' ? { overrides: ours } : {}),
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project, undefined, 2))
  if (manager === 'pnpm')
    writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ packages: ['.'], overrides: ours }))
  // From the cache when it has everything: then the gate needs no network, and a dead one costs no time.
  if (runCommand(manager, [...INSTALL[manager], '--offline'], { cwd: folder }).ok)
    return { outcome: 'passed' }
  const args = [...INSTALL[manager], ...IMPATIENT[manager], '--prefer-offline']
  const { ok, output } = runCommand(manager, args, { cwd: folder })
  if (ok) return { outcome: 'passed' }
  return { outcome: UNREACHABLE.test(output) ? 'not run' : 'failed', detail: tail(output) }
}
