// Puts a pinned CLI into the cache: `<cache>/<name>@<version>/bin/<name>` is its program afterwards. Install scripts of packages
// are not run; what they would do is to choose a native program, which `bin` does.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { withLock } from '../bootstrap/lock.cjs'
import { runCommand, tail } from '../command.ts'
import type { CliProgram, PinnedCli } from './pinned-clis.ts'

export interface InstalledCli {
  readonly name: string
  readonly version: string
  /** To be put on PATH. */
  readonly binFolder: string
  readonly program: string
}

/** Why a CLI is not there: not every machine can have it, and that is no failure. */
export interface MissingCli {
  readonly name: string
  readonly reason: string
}

export function cliCacheFolder(): string {
  const chosen = process.env['WS_CLIS_CACHE']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(caches, 'ws-clis')
}

/** The CLI from the cache, installed first where it is not there. Throws where what the registry delivers is not what was pinned. */
export function provideCli(cli: PinnedCli, say: (line: string) => void): InstalledCli | MissingCli {
  const { name, platform, version } = cli
  if (platform !== undefined && `${process.platform}-${process.arch}` !== platform)
    return { name, reason: `pinned for ${platform} only` }
  const cache = cliCacheFolder()
  const home = join(cache, `${name}@${version}`)
  const binFolder = join(home, 'bin')
  const installed: InstalledCli = { name, version, binFolder, program: join(binFolder, name) }
  if (existsSync(installed.program)) return installed
  const python = cli.registry === 'pypi' ? findPython() : undefined
  if (cli.registry === 'pypi' && python === undefined)
    return { name, reason: 'no python3.10, 3.11 or 3.12 on PATH' }
  mkdirSync(cache, { recursive: true })
  withLock(
    `${home}.lock`,
    () => {
      if (existsSync(installed.program)) return
      say(`installing ${cli.package} ${version}, ${cli.sizeMb} MB, once; it is kept in ${cache}`)
      install(cli, home, python)
    },
    { onWait: (owner: number) => say(`waiting for process ${owner}, which installs ${name}`) },
  )
  return installed
}

/** What the program says when it is asked for its version; throws where that is not the pinned one. */
export function checkVersion({ name, version, program }: InstalledCli, home: string): void {
  const env = { PATH: nodeFirst(), HOME: home, TERM: 'dumb', NO_COLOR: '1', LANG: 'C.UTF-8' }
  const said = execFileSync(program, ['--version'], {
    cwd: home,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  if (!said.includes(version)) throw new Error(`${name} should be ${version}, but says ${said.trim()}`)
}

/** Scripts are run by the Node that runs this. */
export function nodeFirst(): string {
  return `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`
}

/** Made beside its place and renamed: a folder with the final name is never half made. */
function install(cli: PinnedCli, home: string, python: string | undefined): void {
  // A virtual environment keeps absolute paths, so it has to be made where it stays; its program comes last.
  const made = python === undefined ? mkdtempSync(join(dirname(home), '.making-')) : home
  rmSync(home, { recursive: true, force: true })
  mkdirSync(made, { recursive: true })
  try {
    if (python === undefined) installFromNpm(cli, made)
    else installFromPypi(cli, made, python)
    linkProgram(cli, made)
    if (made !== home) renameSync(made, home)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    throw error
  }
}

function installFromNpm({ package: name, version, integrity }: PinnedCli, folder: string): void {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: version } }),
  )
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  const lock: { packages: Record<string, { integrity?: string }> } = JSON.parse(
    readFileSync(join(folder, 'package-lock.json'), 'utf8'),
  )
  for (const [pinned, expected] of Object.entries(integrity)) {
    const found = lock.packages[`node_modules/${pinned}`]?.integrity
    if (found !== expected) throw new Error(`${pinned} should be ${expected}, but the registry has ${found}`)
  }
}

function installFromPypi(cli: PinnedCli, folder: string, python: string): void {
  const report = join(folder, 'report.json')
  const pip = join(folder, 'venv/bin/pip')
  run(python, ['-m', 'venv', join(folder, 'venv')], folder)
  run(
    pip,
    [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...['--report', report],
      `${cli.package}==${cli.version}`,
    ],
    folder,
  )
  const installed: { install: readonly PipItem[] } = JSON.parse(readFileSync(report, 'utf8'))
  for (const [pinned, expected] of Object.entries(cli.integrity)) {
    const item = installed.install.find(({ metadata }) => metadata.name === pinned)
    const found = `sha256-${item?.download_info.archive_info?.hashes?.['sha256']}`
    if (found !== expected) throw new Error(`${pinned} should be ${expected}, but the registry has ${found}`)
  }
}

interface PipItem {
  readonly metadata: { readonly name: string }
  readonly download_info: { readonly archive_info?: { readonly hashes?: Readonly<Record<string, string>> } }
}

function linkProgram({ name, programs }: PinnedCli, folder: string): void {
  const chosen = programs.find((program) => runsHere(program) && existsSync(join(folder, program.file)))
  if (chosen === undefined)
    throw new Error(`${name}: nothing at ${programs.map(({ file }) => file).join(', ')}`)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  if (chosen.isScript === true) {
    // Not a link: the kernel would look for the Node of whoever calls it.
    const text = `#!/bin/sh\nexec "${process.execPath}" "$(dirname "$0")/../${chosen.file}" "$@"\n`
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  } else symlinkSync(join('..', chosen.file), join(bin, name))
}

function runsHere({ needs }: CliProgram): boolean {
  if (needs === undefined) return true
  return existsSync('/proc/cpuinfo') && /\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
}

function findPython(): string | undefined {
  return ['python3.12', 'python3.11', 'python3.10'].find(
    (python) => runCommand(python, ['--version'], { cwd: homedir() }).ok,
  )
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { ok, output } = runCommand(program, args, { cwd })
  if (!ok) throw new Error(`${program} ${args[0]} failed:\n${tail(output, 20)}`)
}
