// What each entry point weighs, minified and compressed, with all that it loads at once; siblings and Node count for nothing.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publicPackages } from '../../release/public-packages.ts'
import { printFindings } from '../findings.ts'

const LIMITS = 'scripts/gate/size-limits.json'

const root = process.cwd()
const limits: Readonly<Record<string, number>> = existsSync(LIMITS)
  ? JSON.parse(readFileSync(LIMITS, 'utf8'))
  : {}
const findings: string[] = []
const shown: string[] = []
for (const { folder, manifest } of publicPackages(root)) {
  for (const [path, entry] of Object.entries(manifest.exports ?? {})) {
    const file = target(entry)
    if (file === undefined) continue
    const name = manifest.name + path.slice(1)
    if (!existsSync(join(folder, file))) {
      findings.push(`${name} is not built`)
      continue
    }
    const kB = await weigh(join(folder, file), Object.keys(manifest.peerDependencies ?? {}))
    const limit = limits[name]
    shown.push(`${name} ${kB.toFixed(1)} kB`)
    if (limit === undefined) findings.push(`${name} has no limit in ${LIMITS}; it is ${kB.toFixed(1)} kB now`)
    else if (kB > limit)
      findings.push(`${name} is ${kB.toFixed(1)} kB, its limit in ${LIMITS} is ${limit} kB`)
  }
}
printFindings(findings, shown.join(', '))

async function weigh(file: string, peers: readonly string[]): Promise<number> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'node22.22',
    // Chooses the entries of dependencies that Node would take; what is imported later, on demand, becomes a chunk of its own.
    platform: 'node',
    external: ['@ws/*', ...peers],
    outdir: 'out',
    write: false,
    metafile: true,
  })
  const first =
    Object.keys(metafile.outputs).find((output) => metafile.outputs[output]?.entryPoint !== undefined) ?? ''
  const loaded = new Set([first])
  // A set that grows while it is walked: chunks bring chunks.
  for (const output of loaded) {
    for (const { path, kind, external } of metafile.outputs[output]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) loaded.add(path)
  }
  const bytes = outputFiles
    .filter(({ path }) => [...loaded].some((output) => path.replaceAll('\\', '/').endsWith(output)))
    .reduce((total, { contents }) => total + gzipSync(contents).length, 0)
  return bytes / 1000
}

function target(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('default' in entry)) return undefined
  return typeof entry.default === 'string' ? entry.default : undefined
}
