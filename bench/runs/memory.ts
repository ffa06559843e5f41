import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withTempRepository } from '@ws/testing'

const root = join(import.meta.dirname, '../..')
const program = fileURLToPath(import.meta.resolve('./memory-of-run.ts'))
const quiet = '--disable-warning=ExperimentalWarning'

interface Held {
  readonly beforeBytes: number
  readonly openedBytes: number
  readonly mostBytes: number
  readonly endBytes: number
}

/**
 * Resident memory of a process that leads a run of twenty tasks with five tools at a time, the tools' and git's own
 * processes excluded, in megabytes: as JavaScript, as it is installed, and from sources, whose types Node strips.
 */
export async function benchMemory(): Promise<number> {
  execFileSync(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  const node = Number(
    execFileSync(process.execPath, ['-p', 'process.memoryUsage.rss()'], { encoding: 'utf8' }),
  )
  console.log(`\nmemory of ours with 5 tools at once, MB; Node alone ${toMb(node)}`)
  // Where this package's dependencies are found. What strips types takes memory of its own.
  const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.bench-'))
  try {
    const script = join(folder, 'memory-of-run.mjs')
    writeFileSync(script, stripTypeScriptTypes(readFileSync(program, 'utf8')))
    const built = await show('as JavaScript', [quiet, script])
    await show('the same with a small young generation', [quiet, '--max-semi-space-size=4', script])
    await show('from sources', ['--conditions=@ws/source', quiet, program])
    return built.mostBytes / 1_000_000
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function show(how: string, args: readonly string[]): Promise<Held> {
  const held = await withTempRepository(({ path }): Held =>
    JSON.parse(execFileSync(process.execPath, [...args, path], { encoding: 'utf8' })),
  )
  const { beforeBytes, openedBytes, mostBytes, endBytes } = held
  console.log(
    `  ${how}: imported ${toMb(beforeBytes)}, leading ${toMb(openedBytes)}, at most ${toMb(mostBytes)}, at the end ${toMb(endBytes)}`,
  )
  return held
}

function toMb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}
