// Stands for `git update-ref --stdin`, and is killed with its caller in the middle of the transaction that moves a line:
// `node cutting-git.ts <references that have moved> <whether lock files are left> <arguments of git>`.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const [moved = '', leavesLocks, ...args] = process.argv.slice(2)
const git = spawn('git', args, { stdio: ['pipe', 'inherit', 'inherit'] })
git.once('exit', (code) => process.exit(code ?? 1))

let lines: string[] = []
const pass = () => {
  git.stdin.write(lines.map((line) => `${line}\n`).join(''))
  lines = []
}

for await (const line of createInterface({ input: process.stdin })) {
  lines.push(line)
  if (line === 'prepare' || line === 'commit') {
    cut()
    pass()
  }
}
cut()
pass()
git.stdin.end()

/** Git takes every lock file before it moves the first reference, and moves them in the order in which they were given. */
function cut(): void {
  if (!lines.some((line) => line.startsWith('update refs/ws/landed/'))) return
  const changes = lines.filter((line) => line !== 'start' && line !== 'prepare')
  const done = changes.slice(0, Number(moved))
  if (done.length > 0)
    spawnSync('git', ['update-ref', '--no-deref', '--create-reflog', '--stdin'], {
      input: done.map((line) => `${line}\n`).join(''),
    })
  for (const change of leavesLocks === 'true' ? changes.slice(done.length) : []) {
    const [, ref = '', to = ''] = change.split(' ')
    const lock = join(process.env['GIT_DIR'] ?? '', `${ref}.lock`)
    mkdirSync(dirname(lock), { recursive: true })
    writeFileSync(lock, `${to}\n`)
  }
  process.kill(process.ppid, 'SIGKILL')
  git.kill('SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}
