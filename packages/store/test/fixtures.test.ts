import { withTempDir } from '@ws/testing'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { readAll, sampleStep, sampleSteps } from './sample-steps.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))

test.each(readdirSync(fixtures))('the log that release %s wrote is read and gone on with', (release) =>
  withTempDir(async (dir) => {
    cpSync(join(fixtures, release), dir, { recursive: true })
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    expect(await readAll(journal)).toEqual(sampleSteps(12))
    // Twelve steps, a checkpoint, and one of the two leads: the first changed nothing.
    expect(await journal.verify()).toMatchObject({ position: 14, epoch: 3, nextSeq: 13 })
    expect(await journal.loadSnapshot('run')).toMatchObject({ version: 4, state: { tasks: ['a'] } })
    await journal.append({ ...sampleStep(13), epoch: 3 })
    expect((await readAll(journal)).at(-1)).toMatchObject({ stream: 'run', version: 7, firstSeq: 13 })
    await journal.close()
  }),
)
