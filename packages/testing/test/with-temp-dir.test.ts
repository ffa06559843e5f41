import { existsSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withTempDir } from '../src/index.ts'

test('the directory is there while the body runs, and gone with all that is in it afterwards', async () => {
  const seen = await withTempDir((dir) => {
    writeFileSync(join(dir, 'a'), 'a')
    expect(realpathSync(dir)).toBe(dir)
    return dir
  })
  expect(existsSync(seen)).toBe(false)
})

test('it is removed when the body throws, and the error is the body’s', async () => {
  let seen = ''
  const failing = withTempDir((dir) => {
    seen = dir
    throw new Error('mine')
  })
  await expect(failing).rejects.toThrow('mine')
  expect(existsSync(seen)).toBe(false)
})
