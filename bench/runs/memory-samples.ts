import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const everyMs = 50

/** Ticks of the kernel's clock for processor time: the same on all of Linux. */
const ticksPerSecond = 100

/** What a process held and took until it ended. */
export interface Samples {
  /** The most that was resident at once. */
  readonly mostBytes: number
  /** How much of it was pages of files, most of them of Node's own program, which all its processes share. */
  readonly ofFilesBytes: number
  /** Processor time of its own, without its children. */
  readonly cpuSeconds: number
  readonly out: string
}

/** Starts a program, and looks every 50 ms at what the kernel says that it holds. Linux only. */
export async function sampleProgram(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Samples> {
  const [file = '', ...args] = argv
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const most = { mostBytes: 0, ofFilesBytes: 0, cpuSeconds: 0 }
  const timer = setInterval(() => look(child, most), everyMs)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with code ${String(code)}\n${out}`)
  return { ...most, out }
}

function look(
  { pid }: ChildProcess,
  most: { mostBytes: number; ofFilesBytes: number; cpuSeconds: number },
): void {
  const read = (name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8')
    } catch {
      // Gone since.
      return ''
    }
  }
  const status = read('status')
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1_024
  if (bytes('VmRSS') > most.mostBytes) {
    most.mostBytes = bytes('VmRSS')
    most.ofFilesBytes = bytes('RssFile')
  }
  const fields = read('stat').split(') ').at(-1)?.split(' ') ?? []
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  if (ticks > 0) most.cpuSeconds = ticks / ticksPerSecond
}
