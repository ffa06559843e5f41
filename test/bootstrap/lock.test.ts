import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../scripts/bootstrap/lock.cjs'

let folder = ''
let file = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ws-lock-'))
  file = join(folder, 'below', 'it.lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the lock of an install', () => {
  it('is there while the action runs, and gone afterwards', () => {
    expect(withLock(file, () => existsSync(file))).toBe(true)
    expect(existsSync(file)).toBe(false)
  })

  it('is given back when the action throws', () => {
    const action = () => {
      throw new Error('broken')
    }
    expect(() => withLock(file, action)).toThrow('broken')
    expect(existsSync(file)).toBe(false)
  })

  it('is taken over from a process that died', () => {
    withLock(file, () => undefined)
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(file, String(pid))
    expect(withLock(file, () => 'ran')).toBe('ran')
  })

  it('is taken over when its owner died before it wrote its name', () => {
    withLock(file, () => undefined)
    writeFileSync(file, '')
    utimesSync(file, 0, 0)
    expect(withLock(file, () => 'ran')).toBe('ran')
  })
})
