// node ../../scripts/build-package.ts [src/more.ts …]
// Builds the package in the current folder: its exports name the entries, tsup makes the JavaScript, tsc the declarations. More
// entries are files that are started by their own path, such as a worker thread.
// tsup's own declarations need the compiler API that TypeScript 7 no longer has.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build } from 'tsup'

interface Manifest {
  readonly name: string
  readonly exports: Record<string, string | { '@ws/source'?: string }>
  readonly bin?: Record<string, string>
}

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

rmSync('dist', { recursive: true, force: true })
await build({
  entry: entries(manifest),
  outDir: 'dist',
  format: 'esm',
  target: 'node22.22',
  // Entries share chunks: a class that two of them export must be one class.
  splitting: true,
  sourcemap: true,
  dts: false,
  config: false,
  silent: true,
  removeNodeProtocol: false,
})
// The compiler's own entry, not `node_modules/.bin/tsc`, which on Windows is a shell script.
const tsc = resolve(import.meta.dirname, '../node_modules/typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
rewriteImports('dist')
const missing = status === 0 ? declared(manifest).filter((file) => !existsSync(file)) : []
if (missing.length > 0)
  console.error(`${manifest.name}: package.json names ${missing.join(', ')}, which the build does not make`)
process.exitCode = status === 0 && missing.length === 0 ? 0 : 1

/** The compiler writes `./claim.ts` into declarations, which only TypeScript itself understands; `./claim.js` everyone does. */
function rewriteImports(folder: string) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(folder, name)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll(/((?:from|import) '|import\(["'])(\.[^'"]*)\.ts(?=['"])/g, '$1$2.js'))
  }
}

/** `src/testing/index.ts` becomes `dist/testing/index.js`; a program of `bin` lies at the same path under src. */
function entries({ exports, bin = {} }: Manifest): Record<string, string> {
  const sources = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : (entry['@ws/source'] ?? []),
  )
  const programs = Object.values(bin).map((file) =>
    file.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'),
  )
  return Object.fromEntries(
    [...sources, ...programs, ...process.argv.slice(2)].map((file) => [
      relative('src', file).replaceAll('\\', '/').replace(/\.ts$/, ''),
      file,
    ]),
  )
}

/** Every path that the manifest promises to those who install the package. */
function declared({ exports, bin = {} }: Manifest): string[] {
  const targets = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  return [...targets, ...Object.values(bin)].filter((file): file is string => file !== undefined)
}
