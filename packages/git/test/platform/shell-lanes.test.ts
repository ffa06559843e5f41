import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@ws/core'
import { withTempDir } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { type LaneOptions, ShellLanes } from '../../src/platform/shell-lanes.ts'

const base = { PATH: process.env['PATH'] ?? '', COMMON: 'yes' }
const words = ["it's", '$HOME `x`', 'two\nlines', '']
const how: LaneOptions = {
  ...{ cwd: '/', env: base, clock: systemClock() },
  ...{ timeoutMs: 60_000, maxOutputBytes: 1_000_000 },
}

/** Runs a script of Node in lanes. */
function script(lanes: ShellLanes, text: string, options: Partial<LaneOptions> = {}) {
  return lanes.run(process.execPath, ['-e', text, '--', ...words], { ...how, ...options })
}

const withLanes = (body: (lanes: ShellLanes) => Promise<void>, most?: number) => async () => {
  await using lanes = new ShellLanes(base, most)
  await body(lanes)
}

describe.skipIf(process.platform === 'win32')('a program in a lane', () => {
  test(
    'gets its arguments, directory and variables as they are, and no input',
    withLanes(async (lanes) => {
      await withTempDir(async (folder) => {
        const cwd = join(realpathSync(folder), "an 'odd' $name\n")
        mkdirSync(cwd)
        const env = { PATH: base.PATH, OWN: "it's\n$HOME" }
        const facts = `[process.argv.slice(1), process.cwd(), process.env.OWN, process.env.COMMON ?? null, fs.readFileSync(0, 'utf8')]`
        const end = await script(lanes, `console.log(JSON.stringify(${facts}))`, { cwd, env })
        expect(end).toMatchObject({ exitCode: 0 })
        expect(JSON.parse(end?.stdout.toString() ?? '')).toEqual([words, cwd, env.OWN, null, ''])
      })
    }),
  )

  test(
    'says what it says, byte for byte, and how it ended, one after another',
    withLanes(async (lanes) => {
      const bytes = `process.stdout.write(Buffer.from([...Array(256).keys()])); process.stderr.write('wrong\\n'); process.exitCode = 3`
      for (let time = 0; time < 3; time++) {
        const end = await script(lanes, bytes)
        expect(end).toMatchObject({ exitCode: 3, signal: undefined, stderr: 'wrong\n', cause: undefined })
        expect([...(end?.stdout ?? [])]).toEqual([...Array(256).keys()])
      }
      const long = await script(lanes, `process.stdout.write('x'.repeat(700_000))`)
      expect(long?.stdout.length).toBe(700_000)
    }, 1),
  )

  test(
    'that says nothing at all has ended all the same, and so has one that a signal ended',
    withLanes(async (lanes) => {
      const silent = await script(lanes, '')
      expect(silent).toMatchObject({ exitCode: 0, stderr: '' })
      expect(silent?.stdout.length).toBe(0)
      const killed = await script(lanes, `process.kill(process.pid, 'SIGKILL')`)
      expect(killed).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' })
      expect(await script(lanes, '')).toMatchObject({ exitCode: 0 })
    }),
  )

  test(
    'is not run where there is no lane, no directory, no program, or no such variable',
    withLanes(async (lanes) => {
      const going = script(lanes, 'setTimeout(() => {}, 300)')
      expect(await script(lanes, '')).toBeUndefined()
      await going
      expect(await script(lanes, '', { cwd: '/nonexistent' })).toBeUndefined()
      const env = { ...base, 'odd-name': 'x' }
      expect(await script(lanes, '', { env })).toBeUndefined()
      expect(await lanes.run('/nonexistent', [], how)).toBeUndefined()
      expect(await script(lanes, '')).toMatchObject({ exitCode: 0 })
    }, 1),
  )

  test(
    'is ended with all that it started by an abort, a time limit and too much output; the next gets a new shell',
    withLanes(async (lanes) => {
      await withTempDir(async (folder) => {
        const file = JSON.stringify(join(folder, 'pids'))
        const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])`
        const abort = new AbortController()
        const going = script(
          lanes,
          `fs.writeFileSync(${file} + '.part', [process.pid, ${child}.pid].join()); fs.renameSync(${file} + '.part', ${file}); setInterval(() => {}, 1000)`,
          { signal: abort.signal },
        )
        while (!existsSync(join(folder, 'pids'))) await pause(5)
        abort.abort()
        expect(await going).toMatchObject({ cause: 'aborted' })
        const pids = readFileSync(join(folder, 'pids'), 'utf8').split(',').map(Number)
        while (pids.some(isAlive)) await pause(5)
        const stay = 'setInterval(() => {}, 1000)'
        expect(await script(lanes, stay, { timeoutMs: 1 })).toMatchObject({ cause: 'timed-out' })
        const flood = `const more = () => process.stdout.write('x'.repeat(10_000), more); more()`
        expect(await script(lanes, flood)).toMatchObject({ cause: 'too-much-output' })
        const aborted = await script(lanes, stay, { signal: AbortSignal.abort() })
        expect(aborted).toMatchObject({ cause: 'aborted' })
        expect(await script(lanes, '')).toMatchObject({ exitCode: 0, cause: undefined })
      })
    }, 1),
  )

  test('is waited for when they are closed, and none is begun afterwards', async () => {
    const lanes = new ShellLanes(base)
    const going = script(lanes, `setTimeout(() => console.log('done'), 200)`)
    await lanes.close()
    expect((await going)?.stdout.toString()).toBe('done\n')
    expect(await script(lanes, '')).toBeUndefined()
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
