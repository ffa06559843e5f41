import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assertNoLeaks, scriptCheck, trackResources, withTempDir } from '../src/index.ts'

test('whoever leaves nothing has no leaks', () =>
  withTempDir(async (directory) => {
    const tracker = trackResources({ directory, ledger: join(directory, 'ledger') })
    const server = createServer().listen(0)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    await assertNoLeaks(tracker)
  }))

test('a server that still listens is named until it is closed', () =>
  withTempDir(async (directory) => {
    const tracker = trackResources({ directory })
    const server = createServer().listen(0)
    await once(server, 'listening')
    expect(await tracker.leaks()).toEqual([{ kind: 'handle', type: 'TCPServerWrap', count: 1 }])
    await expect(assertNoLeaks(tracker)).rejects.toThrow('left behind: 1 × TCPServerWrap')
    server.close()
    expect(await tracker.leaks()).toEqual([])
  }))

test('a directory of the prefix that was not there before is named', () =>
  withTempDir(async (directory) => {
    mkdirSync(join(directory, 'ws-test-old'))
    const tracker = trackResources({ directory })
    mkdirSync(join(directory, 'ws-test-new'))
    mkdirSync(join(directory, 'else'))
    expect(await tracker.leaks()).toEqual([{ kind: 'directory', path: join(directory, 'ws-test-new') }])
    rmdirSync(join(directory, 'ws-test-new'))
    expect(await tracker.leaks()).toEqual([])
  }))

test('a program that noted itself in the ledger is named while it lives', () =>
  withTempDir(async (directory) => {
    const tracker = trackResources({ directory, ledger: join(directory, 'ledger') })
    const check = await scriptCheck(directory, [{ wait: 'go' }])
    const [file, ...args] = check.argv
    const child = spawn(file, args, { env: { ...process.env, ...check.env }, stdio: 'ignore' })
    const closed = once(child, 'close')
    await check.started()
    expect(await tracker.leaks()).toContainEqual({ kind: 'process', pid: child.pid })
    await check.release('go')
    await closed
    expect(await tracker.leaks()).toEqual([])
  }))

test.runIf(process.platform === 'linux')('a number that another process has by now is no leak', () =>
  withTempDir(async (directory) => {
    const ledger = join(directory, 'ledger')
    writeFileSync(ledger, `${process.pid} 1\n`)
    expect(await trackResources({ directory, ledger }).leaks()).toEqual([])
  }),
)
