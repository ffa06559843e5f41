import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withTempRepository } from '@ws/testing'
import { type Samples, sampleProgram } from './memory-samples.ts'

const root = join(import.meta.dirname, '../..')
const program = fileURLToPath(import.meta.resolve('./memory-of-run.ts'))
const ws = join(root, 'packages/cli/dist/main.js')
const quiet = '--disable-warning=ExperimentalWarning'
const small = '--max-semi-space-size=2'
/** What V8 takes for its own choice, and `ws` for somebody's. */
const unbounded = '--max-semi-space-size=0'

const instances = 5
const tasksEach = 4
/** Its prompt is a path, which it writes after a second. */
const tool =
  'read -r path; sleep 1; mkdir -p "$(dirname "$path")"; echo "$path" > "$path"; echo "wrote $path"'
const plan = {
  tools: { writer: { command: 'sh', args: ['-c', tool] } },
  concurrency: instances,
  checks: { calm: { run: 'true' } },
  merge: { checks: ['calm'] },
  workstreams: Array.from({ length: instances * tasksEach }, (_, at) => ({
    id: `w${at}`,
    claims: [`w${at}/**`],
    tasks: [{ id: `t${at}`, tool: 'writer', prompt: `w${at}/one` }],
  })),
}

/**
 * Resident memory of the process that leads a run of twenty tasks with five tools at a time, the tools' and git's own
 * processes excluded, in megabytes: of `ws run`, and of a program of one's own that uses the library. Both as JavaScript, as
 * they are installed; from sources, whose types Node strips, they hold more.
 */
export async function benchMemory(): Promise<{ readonly command: number; readonly library: number }> {
  execFileSync(join(root, 'node_modules/.bin/turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  const node = execFileSync(process.execPath, ['-p', 'process.memoryUsage.rss()'], { encoding: 'utf8' })
  console.log(`\nmemory of ours with ${instances} tools at once, MB; Node alone ${toMb(Number(node))}`)
  // Where this package's dependencies are found. What strips types takes memory of its own.
  const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.bench-'))
  try {
    const script = join(folder, 'memory-of-run.mjs')
    writeFileSync(script, stripTypeScriptTypes(readFileSync(program, 'utf8')))
    const command = await show('ws run', (planFile) => [ws, 'run', planFile])
    await show('the same, its young generation unbounded', (file) => [unbounded, ws, 'run', file])
    const library = await show('the library', (file, path) => [script, path, file, `${instances}`])
    await show('the same, its young generation small', (file, path) => [
      ...[small, script, path],
      ...[file, `${instances}`],
    ])
    return { command: command.mostBytes / 1_000_000, library: library.mostBytes / 1_000_000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function show(
  how: string,
  argumentsFor: (planFile: string, repository: string) => readonly string[],
): Promise<Samples> {
  return withTempRepository(async ({ path, folder }) => {
    const file = join(folder, 'plan.json')
    writeFileSync(file, JSON.stringify(plan))
    const held = await sampleProgram([process.execPath, quiet, ...argumentsFor(file, path)], { cwd: path })
    const { mostBytes, ofFilesBytes, cpuSeconds, out } = held
    const stages = /"importedBytes":(\d+),"leadingBytes":(\d+)/.exec(out)
    const before =
      stages === null ? '' : `imported ${toMb(Number(stages[1]))}, leading ${toMb(Number(stages[2]))}, `
    console.log(
      `  ${how}: ${before}at most ${toMb(mostBytes)} (${toMb(ofFilesBytes)} of it pages of files), ${cpuSeconds.toFixed(1)} s of processor time`,
    )
    return held
  })
}

function toMb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}
