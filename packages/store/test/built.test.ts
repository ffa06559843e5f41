import { withTempDir } from '@ws/testing'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsup'
import { expect, test } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))

test('the built package finds its worker, and says nothing while it works', { timeout: 120_000 }, () =>
  withTempDir(async (dir) => {
    const entry = ['index', 'worker'].map((name) => join(home, 'src', `${name}.ts`))
    // As the package is built, but whole, so that it runs where nothing is installed.
    await build({
      format: 'esm',
      target: 'node22',
      splitting: true,
      removeNodeProtocol: false,
      config: false,
      entry,
      outDir: join(dir, 'dist'),
      noExternal: [/.*/],
      silent: true,
      esbuildOptions: (esbuild) => void (esbuild.conditions = ['@ws/source']),
    })
    writeFileSync(
      join(dir, 'use.mjs'),
      `import { openSqliteJournal } from './dist/index.js'
      const journal = await openSqliteJournal({ path: 'journal.db' })
      await journal.append({ stream: 'run', epoch: 1, expectedVersion: 0, inputs: [], events: [{ type: 'run.started' }] })
      for await (const step of journal.read()) console.log(JSON.stringify(step))
      await journal.close()`,
    )
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['use.mjs'], { cwd: dir })
    expect(JSON.parse(stdout)).toMatchObject({ stream: 'run', version: 1, events: [{ type: 'run.started' }] })
    expect(stderr).toBe('')
  }),
)
