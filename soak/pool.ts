import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { launchCluster, type ClusterManager } from '../packages/pool/src/index.ts'
import { echoTool, lineAdapter } from '../packages/testing/src/index.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// Storms on clusters of a tool that crashes, hangs, talks nonsense and leaves children behind, with aborts, restarts and
// every way of closing: each prompt has one end, each answer is that of its own prompt, and nothing is left. Every tenth
// seed is a hundred thousand turns of a tool that behaves, after which nothing may have grown.

export const covers = ['packages/pool/src', 'packages/testing/src/scripted-tool', 'soak/pool.ts']

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  let done = 0
  let turns = 0
  while (done < count && Date.now() < deadline) {
    const at = seed + done
    try {
      if (at % 10 === 0) turns += await longRun()
      else await storm(at)
    } catch (error) {
      failures.push({ seed: at, message: error instanceof Error ? error.message : String(error) })
    }
    done += 1
  }
  const found =
    turns === 0 ? {} : { found: `${turns.toLocaleString('en')} turns of clusters that stay as they are` }
  return { done, nextSeed: seed + done, failures, ...found }
}

/** Does what its prompts say; handed to Node as text. */
function unruly(): void {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const { createInterface } = process.getBuiltinModule('node:readline')
  const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)
  if (process.env['WS_STUBBORN'] === '1') process.on('SIGTERM', () => {})
  const keepAlive = setInterval(() => {}, 60_000)
  let current = 0
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const { prompt, interrupt, reset, text = '' } = JSON.parse(line)
      if (reset !== undefined) return void say({ done: reset })
      if (interrupt !== undefined) {
        if (process.env['WS_STUBBORN'] !== '1' && interrupt === current)
          say({ answer: interrupt, isInterrupted: true })
        return
      }
      current = prompt
      const [order] = text.split(' ')
      if (order === 'crash') process.exit(3)
      if (order === 'die') process.kill(process.pid, 'SIGKILL')
      if (order === 'hang') return
      if (order === 'fail') return void say({ answer: prompt, failed: 'as told' })
      if (order === 'orphan') spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref()
      if (order === 'noise') process.stdout.write('no json\n{"half":\n\u001b[31m\n')
      if (order === 'slow') return void setTimeout(() => say({ answer: prompt, text }), 5)
      say({ answer: prompt, text })
    })
    .on('close', () => {
      if (process.env['WS_STUBBORN'] !== '1') clearInterval(keepAlive)
    })
  say({ ready: '1' })
}

async function storm(seed: number): Promise<void> {
  const random = numbersFrom(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const storm = randomUUID()
  const count = 1 + Math.floor(random() * 3)
  const isStubborn = random() < 0.2
  const cluster = await launchCluster(
    lineAdapter({
      tool: 'unruly',
      commands: [process.execPath],
      args: nodeProgram(unruly),
      traits: { resets: random() < 0.8, interrupts: random() < 0.8 },
    }),
    {
      count,
      env: { WS_STORM: storm, ...(isStubborn ? { WS_STUBBORN: '1' } : {}) },
      routing: pick(['round-robin', 'least-busy', 'sticky']),
      execution: random() < 0.2 ? 'one-shot' : 'auto',
      maxQueued: 1_000,
      turnTimeoutMs: 300,
      interruptMs: 30,
      endOfInputMs: 50,
      termMs: 30,
      exitGraceMs: 100,
      healthEveryMs: pick([0, 20]),
      backoff: { firstMs: 1, longestMs: 10 },
      breaker: { crashes: 1_000 },
      recycle: { turns: pick([undefined, 3, 10]), spare: random() < 0.5 },
    },
  )
  const orders = ['hello', 'hello', 'hello', 'crash', 'die', 'hang', 'fail', 'orphan', 'noise', 'slow']
  let settled = 0
  const wrong: string[] = []
  const turns: Promise<void>[] = []
  const length = isStubborn ? 15 : 40
  for (let at = 0; at < length; at++) {
    const text = `${pick(orders)} ${at}`
    const stop = new AbortController()
    const options = {
      ...(random() < 0.3 ? { session: pick(['a', 'b', 'c']) } : {}),
      ...(random() < 0.1 ? { cwd: '/' } : {}),
      signal: stop.signal,
    }
    turns.push(
      cluster.promptSettled(text, options).then(
        (end) => {
          settled += 1
          if (end.isDone && end.turn.text !== text) wrong.push(`"${text}" was answered by "${end.turn.text}"`)
          if (end.isDone && /^(crash|die|hang|fail)/.test(text)) wrong.push(`"${text}" was answered`)
        },
        () => void (settled += 1),
      ),
    )
    const abort = random()
    if (abort < 0.1) stop.abort()
    else if (abort < 0.2) setTimeout(() => stop.abort(), random() * 100)
    if (random() < 0.05) void cluster.restartInstance(Math.floor(random() * count)).catch(() => {})
    if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 20))
  }
  const isPatient = random() < 0.5
  if (isPatient) await within(Promise.all(turns), 60_000, 'prompts that do not settle')
  await within(close(cluster, random()), 20_000, 'a close that does not end')
  await within(Promise.all(turns), 1_000, 'prompts that outlive their cluster')
  if (settled !== length) wrong.push(`${settled} ends of ${length} prompts`)
  const left = processesWith(storm)
  if (left.length > 0) wrong.push(`left running: ${left.join(', ')}`)
  if (wrong.length > 0) throw new Error(wrong.join('; '))
}

async function close(cluster: ClusterManager, way: number): Promise<void> {
  if (way < 0.3) await cluster.close({ force: true })
  else if (way < 0.6) await Promise.all([cluster.close({ timeoutMs: 200 }), cluster.close()])
  else {
    const gently = cluster.close({ timeoutMs: 200 })
    await cluster.close({ force: true })
    await gently
  }
}

/** A hundred thousand turns of one cluster: descriptors, timers, listeners and memory are as flat as at the beginning. */
async function longRun(): Promise<number> {
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => void warnings.push(message)
  process.on('warning', onWarning)
  // What is opened once for all clusters is open by then.
  await (await launchCluster(echoTool(), { count: 1 })).close()
  const before = openFiles()
  const cluster = await launchCluster(echoTool(), { count: 3, maxQueued: 1_000 })
  const { signal } = new AbortController()
  const marks: { readonly files: number; readonly handles: number; readonly heap: number }[] = []
  for (let stretch = 0; stretch < stretches; stretch++) {
    const items = Array.from({ length: turnsInStretch }, (_, item) => `${stretch} ${item}`)
    // In every other stretch more conversations than instances, which cost each other their context.
    const named = (text: string) => (stretch % 2 === 0 ? { session: text.slice(-1) } : {})
    const answers = cluster.map(items, (text) => ({ text, signal, ...named(text) }))
    for await (const { item, settled } of answers)
      if (!settled.isDone || settled.turn.text !== item)
        throw new Error(`"${item}" was not answered: ${JSON.stringify(settled)}`)
    collectGarbage()
    const heap = process.memoryUsage().heapUsed
    marks.push({ files: openFiles(), handles: process.getActiveResourcesInfo().length, heap })
  }
  const { turns, failures, restarts } = cluster.stats()
  await cluster.close()
  process.off('warning', onWarning)
  const wrong = [...warnings]
  if (turns !== stretches * turnsInStretch || failures + restarts > 0)
    wrong.push(`${turns} turns, ${failures} failures, ${restarts} restarts`)
  const [first, last] = [marks[0], marks.at(-1)]
  if (first !== undefined && last !== undefined) {
    const growths = marks.slice(1).map(({ heap }, at) => heap - (marks[at]?.heap ?? 0))
    // What turns leave behind grows in every stretch; code that is compiled late, by megabytes, in one or two.
    const usual = growths.toSorted((a, b) => a - b)[Math.floor(growths.length / 2)] ?? 0
    if (usual > 200_000)
      wrong.push(`memory grows by ${growths.join(', ')} bytes in ${turnsInStretch} turns each`)
    if (last.files > first.files) wrong.push(`${last.files - first.files} files are opened by turns`)
    if (last.handles > first.handles + 2) wrong.push(`${last.handles - first.handles} handles more`)
  }
  // What somebody else closes meanwhile is none of this cluster's.
  if (openFiles() > before) wrong.push(`${openFiles() - before} files stay open`)
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  return turns
}

const stretches = 10
const turnsInStretch = 10_000

function openFiles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
}

function processesWith(storm: string): readonly string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(storm)
    } catch {
      return false
    }
  })
}

async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The same numbers for the same seed. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Arguments that make Node run a function as a program of its own. */
function nodeProgram(main: () => void): readonly string[] {
  return ['-e', `(${String(main)})()`, '--']
}
