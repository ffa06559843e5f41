import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withTempRepository } from '@ws/testing'
import { msOf } from '../pool/measure.ts'
import { benchLage, benchTurbo } from './other-runners.ts'
import { costOfRun, independent, inLanes, type RunCost } from './plans.ts'
import { noWorkspaces } from './stand-ins.ts'

const atOnce = 3

/** Milliseconds for each of so many tasks that do nothing, in one run with the yardsticks. */
export async function benchOverhead(count: number): Promise<Readonly<Record<'worktrees' | 'none', number>>> {
  const options = { concurrency: atOnce }
  console.log(`\n${count} tasks that do nothing, ${atOnce} at once; milliseconds for each`)
  const bare = (await benchXargs(count)) / count
  const say = (what: string, ms: number, more = '') =>
    console.log(
      `  ${what.padEnd(66)}${ms.toFixed(1).padStart(8)}${(ms / bare).toFixed(0).padStart(7)} ×${more}`,
    )
  const ours = async (what: string, run: Promise<RunCost>) => {
    const { ms, cpuMs, programs } = await run
    const gits = programs.filter(({ name }) => name === 'git').length / count
    say(what, ms / count, `   ${(cpuMs / count).toFixed(0)} ms of our processor time, ${gits.toFixed(1)} git`)
    return ms / count
  }
  say('xargs -P3, nothing remembered', bare)
  const script = await benchScript(count)
  say(
    'git worktree add, sh, git worktree remove, by xargs -P3',
    script.ms / count,
    `   ${script.failed} failed`,
  )
  const none = await ours(
    'durable, without worktrees (the port for them gives one directory)',
    costOfRun(independent(count, 'true'), { ...options, workspaces: noWorkspaces }),
  )
  await ours(
    'durable, three worktrees, one task after another',
    costOfRun(inLanes(count, atOnce, 'true'), options),
  )
  const worktrees = await ours(
    'durable, each in a worktree of its own',
    costOfRun(independent(count, 'true'), options),
  )
  await ours(
    'the same with a commit, a check and a landing for each',
    costOfRun(independent(count, 'mkdir {}; echo 1 > {}/one'), options),
  )
  for (const [what, bench] of [
    ['turbo run, no cache (npm runs each script)', benchTurbo],
    ['lage, no cache (npm runs each script)', benchLage],
  ] as const)
    say(what, (await bench(count, atOnce)) / count)
  return { worktrees, none }
}

async function benchXargs(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ws-bench-'))
  try {
    writeFileSync(join(folder, 'lines'), lines(count))
    const line = `xargs -P${atOnce} -n1 sh -c true < lines`
    return await msOf(async () => void execFileSync('sh', ['-c', line], { cwd: folder }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What somebody writes first: nothing is remembered, and two of them at once may fail on git's own locks. */
function benchScript(count: number): Promise<{ readonly ms: number; readonly failed: number }> {
  const each =
    '(git worktree add --quiet --detach ../wt/$0 && (cd ../wt/$0 && true) && git worktree remove ../wt/$0) || echo failed'
  return withTempRepository(async ({ path, folder }) => {
    writeFileSync(join(folder, 'lines'), lines(count))
    const line = `xargs -P${atOnce} -n1 sh -c '${each}' < ../lines`
    let said = ''
    const ms = await msOf(async () => {
      said = execFileSync('sh', ['-c', line], {
        cwd: path,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    })
    return { ms, failed: said.split('failed').length - 1 }
  })
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at}\n`).join('')
}
