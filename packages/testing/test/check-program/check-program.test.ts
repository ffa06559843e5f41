import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type CheckStep, scriptCheck, withTempDir } from '../../src/index.ts'

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code?: unknown
  readonly signal?: unknown
}

async function runCheck(dir: string, steps: readonly CheckStep[], cwd = dir): Promise<Ended> {
  const { argv } = await scriptCheck(dir, steps)
  const [file, ...args] = argv
  return promisify(execFile)(file, args, { cwd }).catch((error: Ended) => error)
}

describe('the check program', () => {
  test('says and does what its script says, and ends with the code it is given', () =>
    withTempDir(async (dir) => {
      const file = join(dir, 'written')
      const steps = [
        { print: 'out' },
        { printError: 'err' },
        { write: file, text: 'x' },
        { exit: 3 },
        { print: 'never' },
      ]
      expect(await runCheck(dir, steps)).toMatchObject({ stdout: 'out\n', stderr: 'err\n', code: 3 })
      expect(readFileSync(file, 'utf8')).toBe('x')
    }))

  test('succeeds where its script ends without a code', () =>
    withTempDir(async (dir) =>
      expect(await runCheck(dir, [{ print: 'fine' }])).toEqual({ stdout: 'fine\n', stderr: '' }),
    ))

  test('may depend on the tree that it runs in', () =>
    withTempDir(async (dir) => {
      const steps = [{ requireFile: 'package.json', else: 7 }, { print: 'found' }]
      expect(await runCheck(dir, steps)).toMatchObject({ code: 7 })
      expect(await runCheck(dir, [{ write: 'package.json', text: '{}' }, ...steps])).toMatchObject({
        stdout: 'found\n',
      })
    }))

  test.skipIf(process.platform === 'win32')('may die of a signal', () =>
    withTempDir(async (dir) => {
      expect(await runCheck(dir, [{ signal: 'SIGKILL' }])).toMatchObject({ signal: 'SIGKILL' })
    }),
  )

  test('waits for the test, which knows when and where it was started', () =>
    withTempDir(async (dir) => {
      const check = await scriptCheck(dir, [{ wait: 'a' }, { wait: 'b' }, { exit: 4 }])
      const [file, ...args] = check.argv
      const child = spawn(file, args, { cwd: dir, stdio: 'ignore' })
      const closed = once(child, 'close')
      await check.started()
      expect(await check.runs()).toEqual([{ pid: child.pid, cwd: dir }])
      await check.release('b')
      await check.release('a')
      expect(await closed).toEqual([4, null])
    }))

  test('waits for the other side of a socket', () =>
    withTempDir(async (dir) => {
      const path =
        process.platform === 'win32' ? `\\\\.\\pipe\\${dir.replaceAll(/\W/g, '-')}` : join(dir, 's')
      const server = createServer((socket) => socket.end('go')).listen(path)
      await once(server, 'listening')
      expect(await runCheck(dir, [{ connect: path }, { print: 'told' }])).toMatchObject({ stdout: 'told\n' })
      server.close()
    }))

  test('runs as one line of a shell too', () =>
    withTempDir(async (dir) => {
      const { command } = await scriptCheck(dir, [{ exit: 9 }])
      const child = spawn(command, { shell: true, stdio: 'ignore' })
      expect(await once(child, 'close')).toEqual([9, null])
    }))
})
