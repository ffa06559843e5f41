import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Options } from 'tsup'

const root = join(import.meta.dirname, '../..')

/**
 * Resident memory of a program with five instances, the tools' own excluded, in megabytes: from sources, whose types
 * Node strips as it loads them, and as JavaScript, as it is installed.
 */
export async function memoryOfOurs(): Promise<number> {
  const source = fileURLToPath(import.meta.resolve('./memory.ts'))
  const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
  const run = (...args: readonly string[]) =>
    Number(execFileSync(process.execPath, [...flags, ...args], { encoding: 'utf8' })) / 1_000_000
  // Where core's dependencies are found.
  const folder = mkdtempSync(join(root, 'packages/core/node_modules/.bench-'))
  try {
    // The whole of ours, as Node would load it; of the echo tool only what it is.
    await bundle(folder, join(root, 'packages/pool/src/index.ts'), {
      noExternal: [/^@ws\//],
      treeshake: false,
    })
    await bundle(folder, source, { noExternal: ['@ws/testing', '@ws/core'], external: ['@ws/pool'] })
    const built = join(folder, 'memory.js')
    writeFileSync(built, readFileSync(built, 'utf8').replaceAll('"@ws/pool"', '"./index.js"'))
    const node = run('-p', 'process.memoryUsage().rss')
    const [nothing, idle, five] = [run(built, 'nothing'), run(built, 'idle'), run(built)]
    console.log(
      `memory of ours with 5 instances, as JavaScript: ${five.toFixed(0)} MB after 1,000 prompts; Node alone ${node.toFixed(0)}, with the echo tool ${nothing.toFixed(0)}, 5 instances up ${idle.toFixed(0)}; from sources ${run(source).toFixed(0)}`,
    )
    return five
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bundle(outDir: string, entry: string, options: Options): Promise<void> {
  return build({
    entry: [entry],
    outDir,
    format: 'esm',
    target: 'node22',
    config: false,
    silent: true,
    dts: false,
    ...options,
    esbuildOptions: (esbuild) => {
      esbuild.conditions = ['@ws/source']
      esbuild.treeShaking = options.treeshake !== false
      esbuild.ignoreAnnotations = options.treeshake === false
    },
  })
}
