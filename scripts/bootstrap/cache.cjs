// @ts-check
'use strict'

const { execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { withLock } = require('./lock.cjs')

/** @typedef {import('./packages.cjs').ToolPackage} ToolPackage */

/**
 * Where fetched programs are kept: shared by all clones of this user, or inside this clone when the home is not writable.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 */
function cacheFolder(root, env = process.env) {
  if (env.WS_TOOLCHAIN_CACHE) return path.resolve(env.WS_TOOLCHAIN_CACHE)
  const base =
    process.platform === 'win32'
      ? env.LOCALAPPDATA || path.join(os.homedir(), 'AppData', 'Local')
      : env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache')
  const shared = path.join(base, 'ws-toolchain')
  try {
    fs.mkdirSync(shared, { recursive: true })
    fs.accessSync(shared, fs.constants.W_OK)
    return shared
  } catch {
    return path.join(root, '.cache', 'ws-toolchain')
  }
}

/**
 * The path of the package's program: from the cache, or fetched into it.
 * @param {ToolPackage} tool
 * @param {{ cache: string, say: (line: string) => void, readVersion?: (program: string) => string }} options
 */
function provide(tool, { cache, say, readVersion = packageVersion }) {
  const home = path.join(cache, `${tool.name}@${tool.version}`)
  const program = path.join(home, 'node_modules', tool.name, tool.program)
  if (versionAt(program, readVersion) === tool.version) return program
  withLock(
    `${home}.lock`,
    () => {
      // Another process may have fetched it while this one waited.
      if (versionAt(program, readVersion) === tool.version) return
      say(`fetching ${tool.name} ${tool.version}, once; it is kept in ${cache}`)
      install(tool, home)
    },
    { onWait: (owner) => say(`waiting for process ${owner}, which fetches ${tool.name} ${tool.version}`) },
  )
  const version = versionAt(program, readVersion)
  if (version === tool.version) return program
  throw new Error(
    `${tool.name} should be ${tool.version}, but ${program} ${version ? `says ${version}` : 'does not run'}`,
  )
}

/**
 * Installs into a folder of its own and renames it, so that a folder with the final name is never half made.
 * @param {ToolPackage} tool
 * @param {string} home
 */
function install(tool, home) {
  const { name, version, integrity } = tool
  const made = fs.mkdtempSync(path.join(path.dirname(home), '.making-'))
  try {
    const dependencies = { [name]: version }
    const lock = { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } }
    fs.writeFileSync(path.join(made, 'package.json'), JSON.stringify({ private: true, dependencies }))
    fs.writeFileSync(
      path.join(made, 'package-lock.json'),
      JSON.stringify({ lockfileVersion: 3, requires: true, packages: lock }),
    )
    runNpm(['ci', '--prefix', made, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], made)
    const aside = `${made}.old`
    if (fs.existsSync(home)) fs.renameSync(home, aside)
    fs.renameSync(made, home)
    fs.rmSync(aside, { recursive: true, force: true })
  } finally {
    fs.rmSync(made, { recursive: true, force: true })
  }
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function runNpm(args, cwd) {
  // Under `npm run` this is the very npm that the person called; under pnpm or by hand it is the one on PATH.
  const running = process.env.npm_execpath
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['ignore', 'ignore', 'inherit']
  const isNpm = running !== undefined && path.basename(running) === 'npm-cli.js'
  const { status, error } = isNpm
    ? spawnSync(process.execPath, [running, ...args], { cwd, stdio })
    : spawnSync('npm', args, { cwd, stdio, shell: process.platform === 'win32' })
  if (error !== undefined) throw new Error(`npm does not start: ${error.message}`)
  if (status !== 0) throw new Error(`npm ${args[0]} failed (exit code ${status}); its message is above`)
}

/**
 * @param {string} program
 * @param {(program: string) => string} readVersion
 */
function versionAt(program, readVersion) {
  if (!fs.existsSync(program)) return undefined
  try {
    return readVersion(program)
  } catch {
    return undefined
  }
}

/**
 * What the package around a script calls itself; starting pnpm only to ask costs half a second.
 * @param {string} program
 * @returns {string}
 */
function packageVersion(program) {
  return JSON.parse(fs.readFileSync(path.join(path.dirname(program), '..', 'package.json'), 'utf8')).version
}

/**
 * What a Node says of itself when it runs.
 * @param {string} program
 */
function nodeVersion(program) {
  return execFileSync(program, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    env: withoutNodeOptions(),
  }).trim()
}

function withoutNodeOptions() {
  const { NODE_OPTIONS: _, ...env } = process.env
  return env
}

module.exports = { cacheFolder, nodeVersion, provide }
