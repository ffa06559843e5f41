import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('loads it without a word, and later warnings are told again', () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src/locks/load-sqlite.ts')).href
  const script = `
    const { loadSqlite } = await import(${JSON.stringify(module)})
    new (loadSqlite().DatabaseSync)(':memory:').close()
    process.emitWarning('something else', 'ExperimentalWarning')`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(stderr).not.toMatch(/SQLite/)
  expect(stderr).toMatch(/ExperimentalWarning: something else/)
})
