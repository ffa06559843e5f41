// @ts-check
'use strict'

const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { withLock } = require('./lock.cjs')

const LISTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/**
 * Makes `node_modules` what the lockfile says, and does nothing when it already is.
 * @param {{ root: string, node: string, pnpm: string, cache: string, env: NodeJS.ProcessEnv, say: (line: string) => void }} options
 */
function installDependencies({ root, node, pnpm, cache, env, say }) {
  const stamp = path.join(root, 'node_modules', '.ws-installed')
  const wanted = fingerprint(root)
  if (readIfThere(stamp) === wanted) return
  const id = createHash('sha256').update(fs.realpathSync(root)).digest('hex').slice(0, 16)
  withLock(
    path.join(cache, `clone-${id}.lock`),
    () => {
      if (readIfThere(stamp) === wanted) return
      say('installing dependencies')
      // Offline first: with a warm store it needs no network at all, and with a cold one it says so at once.
      if (runPnpm({ root, node, pnpm, env, mode: '--offline', stdio: 'ignore' }) !== 0) {
        const status = runPnpm({ root, node, pnpm, env, mode: '--prefer-offline', stdio: ['ignore', 2, 2] })
        if (status !== 0) throw new Error(`pnpm install failed (exit code ${status}); its message is above`)
      }
      fs.writeFileSync(stamp, wanted)
    },
    { onWait: (owner) => say(`waiting for process ${owner}, which installs dependencies here`) },
  )
}

/**
 * @param {{ root: string, node: string, pnpm: string, env: NodeJS.ProcessEnv, mode: string, stdio: import('node:child_process').StdioOptions }} options
 */
function runPnpm({ root, node, pnpm, env, mode, stdio }) {
  // Without a terminal pnpm refuses to replace a node_modules that it did not make, unless told that this is fine.
  const args = [pnpm, 'install', '--frozen-lockfile', mode, '--config.confirmModulesPurge=false']
  const { status, error } = spawnSync(node, args, { cwd: root, env, stdio })
  if (error !== undefined) throw new Error(`pnpm does not start: ${error.message}`)
  return status
}

/**
 * Changes when an install would: with the lockfile, the workspace file, any package's lists of dependencies, or the platform.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(`${readIfThere(path.join(root, file))}\n`)
  for (const file of manifests(root)) {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'))
    hash.update(JSON.stringify([file, ...LISTS.map((list) => manifest[list])]))
  }
  return hash.digest('hex')
}

/** @param {string} root */
function manifests(root) {
  const packages = path.join(root, 'packages')
  const folders = fs.existsSync(packages)
    ? fs
        .readdirSync(packages)
        .sort()
        .map((name) => `packages/${name}`)
    : []
  return ['.', ...folders, 'examples', 'bench', 'e2e']
    .map((folder) => path.posix.join(folder, 'package.json'))
    .filter((file) => fs.existsSync(path.join(root, file)))
}

/** @param {string} file */
function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
}

module.exports = { installDependencies }
