import { appendFileSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { CheckStep } from './check-program.ts'
import { startTime } from '../track-resources.ts'

// The program behind scriptCheck(): it follows the script in the directory that it is given.

const home = process.argv[2] ?? ''
const steps: readonly CheckStep[] = JSON.parse(readFileSync(join(home, 'script.json'), 'utf8'))

const ledger = process.env['WS_TEST_LEDGER']
if (ledger !== undefined) appendFileSync(ledger, `${process.pid} ${startTime(process.pid)}\n`)
appendFileSync(join(home, 'runs'), `${JSON.stringify({ pid: process.pid, cwd: process.cwd() })}\n`)

for (const step of steps) {
  const exitCode = await follow(step)
  if (exitCode === undefined) continue
  process.exitCode = exitCode
  break
}

async function follow(step: CheckStep): Promise<number | undefined> {
  if ('print' in step) process.stdout.write(`${step.print}\n`)
  else if ('printError' in step) process.stderr.write(`${step.printError}\n`)
  else if ('wait' in step) await appeared(join(home, `go-${step.wait}`))
  else if ('connect' in step) await answered(step.connect)
  else if ('write' in step) writeFileSync(step.write, step.text)
  else if ('requireFile' in step) return existsSync(step.requireFile) ? undefined : step.else
  else if ('signal' in step) {
    process.kill(process.pid, step.signal)
    // The signal may be handled or late; what follows belongs to a program that survived it.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  } else return step.exit
  return undefined
}

function appeared(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(home, () => check())
    const check = (): void => {
      if (!existsSync(path)) return
      watcher.close()
      resolve()
    }
    check()
  })
}

function answered(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', reject)
    socket.once('data', () => socket.end())
    socket.once('close', () => resolve())
  })
}
