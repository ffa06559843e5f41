import { appendFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { describe, expect, it } from 'vitest'
import { Git } from '../../src/door/git.ts'
import { configValue, readConfig } from '../../src/repository/config.ts'
import { KnownConfig } from '../../src/repository/known-config.ts'
import { withOpened } from '../opened.ts'

interface Watched {
  readonly config: KnownConfig
  readonly git: Git
  /** The repository's own file, and the user's. */
  readonly file: string
  readonly own: string
  /** Reads, and says whether git was asked. */
  readonly read: () => Promise<boolean>
  /** Lets what was written before become old. */
  readonly settle: () => void
}

function withConfig(body: (watched: Watched) => Promise<void>): Promise<void> {
  return withOpened(async ({ temp, repository }) => {
    const file = join(temp.path, '.git/config')
    const own = join(temp.folder, '.gitconfig')
    const clock = new ManualClock(statSync(file).ctimeMs)
    const env = { ...repository.git.program.env, HOME: temp.folder, XDG_CONFIG_HOME: temp.folder }
    const git = new Git({ ...repository.git.program, env, clock }, repository.git.place)
    const config = new KnownConfig(git)
    let last: unknown
    await body({
      config,
      git,
      file,
      own,
      settle: () => clock.advanceBy(3_600_000),
      read: async () => {
        const entries = await config.read()
        expect(entries).toEqual(await readConfig(git))
        const isNew = entries !== last
        last = entries
        return isNew
      },
    })
  })
}

describe('the known configuration', () => {
  it('is read once', () =>
    withConfig(async ({ read, settle }) => {
      settle()
      expect([await read(), await read(), await read()]).toEqual([true, false, false])
    }))

  it('is read again where one of its files changed, came or went', () =>
    withConfig(async ({ config, read, settle, file, own }) => {
      settle()
      appendFileSync(file, '[ws]\n\ttest = 1\n')
      await read()
      expect(configValue(await config.read(), 'ws.test')).toBe('1')
      const changes = [
        // As long as before.
        () => writeFileSync(file, readFileSync(file, 'utf8').replace('test = 1', 'test = 2')),
        () => writeFileSync(own, '[user]\n\tname = somebody\n'),
        () => {
          writeFileSync(`${file}.new`, readFileSync(file, 'utf8').replace('test = 2', 'test = 3'))
          renameSync(`${file}.new`, file)
        },
        () => rmSync(own),
        () => writeFileSync(`${file}.worktree`, '[ws]\n\ttest = 4\n'),
      ]
      for (const change of changes) {
        change()
        expect([await read(), await read()]).toEqual([true, false])
      }
      expect(configValue(await config.read(), 'ws.test')).toBe('3')
    }))

  it('is not trusted while a file may be written again without a trace', () =>
    withConfig(async ({ read, settle }) => {
      expect([await read(), await read()]).toEqual([true, true])
      settle()
      expect([await read(), await read()]).toEqual([true, false])
    }))

  it('is read each time where it includes other files', () =>
    withConfig(async ({ read, settle, own }) => {
      writeFileSync(own, '[include]\n\tpath = not-there-yet\n')
      settle()
      expect([await read(), await read(), await read()]).toEqual([true, true, true])
    }))
})
