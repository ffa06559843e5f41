import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
import { expect, test } from 'vitest'
import { openProcessLedger } from '../../src/process/process-ledger.ts'

test('a ledger that cannot be written starts nothing, and stands in the way of no end', () =>
  withTempDir(async (dir) => {
    const folder = join(dir, 'ledger')
    const ledger = await openProcessLedger(folder)
    ledger.begin('one')
    // Whatever is done with a file of this folder fails, also for root.
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    expect(() => ledger.note('one', process.pid)).not.toThrow()
    expect(() => ledger.end('one')).not.toThrow()
    expect(() => ledger.begin('two')).toThrow('ENOTDIR')
    rmSync(folder)
    mkdirSync(folder)
    ledger.begin('three')
    expect(readdirSync(folder)).toHaveLength(1)
    ledger.end('three')
    ledger.close()
    expect(readdirSync(folder)).toEqual([])
  }))
