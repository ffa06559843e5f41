// @ts-check
'use strict'

// Runs a command of this repository on a machine with only git, npm and some Node from 18 on:
//   node scripts/bootstrap.cjs <command> [arguments]
// It picks a Node that `engines` allows (the running one, else one from the npm registry), the pinned pnpm, installs what the
// lockfile says, and runs the command with that Node first on PATH. Programs are cached, so the second run needs no network.
// This file and scripts/bootstrap/ have no dependencies and parse on Node 18.

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { cacheFolder, nodeVersion, provide } = require('./bootstrap/cache.cjs')
const { installDependencies } = require('./bootstrap/dependencies.cjs')
const { satisfies } = require('./bootstrap/engines.cjs')
const { PNPM_PACKAGE, installByHand, nodePackage } = require('./bootstrap/packages.cjs')

/**
 * The scripts behind the commands, with arguments of their own, run from the root with the sources of `@ws` packages instead of their builds.
 * @type {Record<string, readonly string[]>}
 */
const COMMANDS = {
  bench: ['bench/main.ts'],
  demo: ['packages/cli/src/main.ts', 'demo'],
  release: ['scripts/release.ts'],
  soak: ['scripts/soak.ts'],
  test: ['scripts/gate/gate.ts'],
  'test:bootstrap': ['scripts/test-bootstrap.ts'],
  'test:clis': ['scripts/test-clis.ts'],
  'test:nodes': ['scripts/test-nodes.ts'],
  'test:runs': ['scripts/test-runs.ts'],
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    say(error.message)
    process.exitCode = 1
  },
)

async function main() {
  const [command = '', ...args] = process.argv.slice(2)
  const [script, ...own] = COMMANDS[command] ?? []
  if (script === undefined && command !== 'pnpm') {
    throw new Error(
      `no command "${command}"; expected one of ${[...Object.keys(COMMANDS), 'pnpm'].join(', ')}`,
    )
  }
  const root = path.join(__dirname, '..')
  const { node, pnpm, env, cache } = prepare(root)
  // pnpm itself is how dependencies are changed: it must not ask for an install that matches them first.
  if (script === undefined) return run(node, [pnpm, ...args], env)
  installDependencies({ root, node, pnpm, cache, env, say })
  if (!fs.existsSync(path.join(root, script)))
    throw new Error(`"${command}" is ${script}, which does not exist yet`)
  // Line 22 warns on each start that it strips types; our scripts are written for it.
  const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
  return run(node, [...flags, path.join(root, script), ...own, ...args], env)
}

/**
 * The programs to work with, and an environment in which `node` and `pnpm` mean them.
 * @param {string} root
 */
function prepare(root) {
  const { engines } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const cache = cacheFolder(root)
  const node = satisfies(engines.node, process.version) ? process.execPath : provideNode(cache, engines.node)
  const pnpm = provide(PNPM_PACKAGE, { cache, say })
  const folders = [path.dirname(node), shims(cache, pnpm), path.join(root, 'node_modules', '.bin')]
  return { node, pnpm, cache, env: { ...withPath(folders), TURBO_TELEMETRY_DISABLED: '1' } }
}

/**
 * @param {string} cache
 * @param {string} range
 */
function provideNode(cache, range) {
  const tool = nodePackage(process.platform, process.arch, range)
  try {
    return provide(tool, { cache, say, readVersion: nodeVersion })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `${reason}\nthe running Node ${process.version} does not meet "${range}"; to install one that does:\n  ` +
        installByHand(process.platform),
    )
  }
}

/**
 * A folder whose only programs are called `pnpm`; it runs on the `node` of PATH, which is ours.
 * @param {string} cache
 * @param {string} pnpm
 */
function shims(cache, pnpm) {
  const folder = path.join(cache, `bin-pnpm@${PNPM_PACKAGE.version}`)
  const files = { pnpm: `#!/bin/sh\nexec node "${pnpm}" "$@"\n`, 'pnpm.cmd': `@node "${pnpm}" %*\r\n` }
  fs.mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) continue
    // Renamed into place: another process may be starting it right now.
    const fresh = `${file}.${process.pid}`
    fs.writeFileSync(fresh, text, { mode: 0o755 })
    fs.renameSync(fresh, file)
  }
  return folder
}

/** @param {string[]} folders */
function withPath(folders) {
  // Windows calls it `Path`; two spellings in one environment would leave the choice to chance.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...process.env, [name]: [...folders, process.env[name]].join(path.delimiter) }
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(node, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { env, stdio: 'inherit' })
    // Ctrl-C reaches the child by itself; what is sent to this process alone has to be passed on.
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])),
    )
  })
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`ws: ${line}\n`)
}
