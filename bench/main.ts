// npm run bench [-- <name> [arguments]]
// Runs every bench of this folder, or those of one name or of one package (`core` for whatever measures @ws/core), each
// in a process of its own, and writes a row for each into docs/proofs.md: the last line that it printed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { recordProof } from '../scripts/proofs.ts'

/** A bench that takes longer has hung: the longest takes a few minutes. */
const longestMinutes = 30

const folder = import.meta.dirname
const root = join(folder, '..')

process.exitCode = await runBenches(process.argv.slice(2))

async function runBenches([name, ...args]: readonly string[]): Promise<number> {
  const all = benchNames()
  const chosen =
    name === undefined ? all : all.filter((bench) => bench === name || packagesOf(bench).includes(name))
  if (chosen.length === 0) {
    console.error(
      `no bench "${name}"; there are: ${all.join(', ')}, and packages: ${packagesOf(...all).join(', ')}`,
    )
    return 1
  }
  const failed: string[] = []
  for (const bench of chosen) {
    console.log(`\n── ${bench}`)
    const { problem, result } = await runBench(bench, args)
    if (problem !== undefined) {
      failed.push(`${bench}: ${problem}`)
      continue
    }
    recordProof(root, {
      what: ['bench', bench, ...args].join(' '),
      count: '1 run',
      seed: '',
      versions: `node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores`,
      result,
      covers: [...sourcesOf(bench), ...packagesOf(bench).map((each) => `packages/${each}/src`)],
    })
  }
  for (const line of failed) console.error(line)
  return failed.length === 0 ? 0 : 1
}

function benchNames(): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  return files.map((file) => file.replace(/\.ts$/, '')).sort()
}

/** The bench's file, and the folder with what only it needs. */
function sourcesOf(bench: string): readonly string[] {
  return [`bench/${bench}.ts`, `bench/${bench}`].filter((path) => existsSync(join(root, path)))
}

/** The packages of ours that the benches import. */
function packagesOf(...benches: readonly string[]): readonly string[] {
  const files = benches.flatMap(sourcesOf).flatMap((path) => {
    if (path.endsWith('.ts')) return [path]
    return readdirSync(join(root, path)).map((file) => `${path}/${file}`)
  })
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'))
  const names = texts.flatMap((text) =>
    [...text.matchAll(/from '@ws\/([a-z-]+)/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(names)].sort()
}

interface Ended {
  readonly problem?: string
  readonly result: string
}

/** Runs one bench and passes on what it prints. */
function runBench(bench: string, args: readonly string[]): Promise<Ended> {
  const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', '--expose-gc']
  const child = spawn(process.execPath, [...flags, join(folder, `${bench}.ts`), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: longestMinutes * 60_000,
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    process.stdout.write(text)
  })
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ problem: message, result: '' }))
    child.on('close', (code, signal) => {
      const result = printed.trimEnd().split('\n').at(-1)?.trim() ?? ''
      if (code === 0) resolve({ result })
      else
        resolve({ problem: signal === null ? `ended with code ${code}` : `was ended by ${signal}`, result })
    })
  })
}
