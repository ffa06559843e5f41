// What the files of references say, beside what git says of them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@ws/core'
import type { TempRepository } from '@ws/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RefFiles } from '../../src/repository/ref-files.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { withOpened } from '../opened.ts'

const name = fc.constantFrom('a', 'b/c', 'b/d', 'é', 'x.y', 'v1@2', 'deep/er/still')
const action = fc.constantFrom(
  'branch',
  'tag',
  'annotated tag',
  'remote',
  'head of a remote',
  'note',
  'ours',
  'delete',
  'move',
  'pack',
  'pack and keep',
  'stash',
)

/** What git and people do with references. */
function act(temp: TempRepository, what: string, at: string): void {
  const to = (ref: string, target = 'HEAD') => temp.git('update-ref', ref, target)
  switch (what) {
    case 'branch':
      return void to(`refs/heads/${at}`)
    case 'tag':
      return void to(`refs/tags/${at}`)
    case 'annotated tag':
      return void temp.git('tag', '--force', '--annotate', '--message', 'x', at, 'HEAD')
    case 'remote':
      return void to(`refs/remotes/origin/${at}`)
    case 'head of a remote':
      to('refs/remotes/origin/main')
      return void temp.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
    case 'note':
      return void to(`refs/notes/${at}`)
    case 'ours':
      return void to(`refs/ws/rescue/${at}`)
    case 'delete':
      return void temp.git('update-ref', '-d', `refs/heads/${at}`)
    case 'move':
      return void to(`refs/heads/${at}`, 'HEAD^')
    case 'pack':
      return void temp.git('pack-refs', '--all')
    case 'pack and keep':
      return void temp.git('pack-refs', '--all', '--no-prune')
    default:
      return void to('refs/stash')
  }
}

const asked = async (repository: Repository) =>
  (await repository.listRefs()).filter((ref) => !ref.name.startsWith('refs/ws/'))

const odd: Readonly<Record<string, (temp: TempRepository) => void>> = {
  'a broken one': (temp) => writeFileSync(join(temp.path, '.git/refs/heads/broken'), 'nothing\n'),
  'an empty one': (temp) => writeFileSync(join(temp.path, '.git/refs/heads/empty'), ''),
  'one to what is not there': (temp) =>
    writeFileSync(join(temp.path, '.git/refs/heads/lost'), `${'1'.repeat(40)}\n`),
  'one that leads nowhere': (temp) => {
    temp.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/gone')
  },
  'one that leads to one that leads on': (temp) => {
    temp.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main')
    temp.git('symbolic-ref', 'refs/heads/other', 'refs/heads/alias')
  },
  'a link': (temp) => symlinkSync('main', join(temp.path, '.git/refs/heads/linked')),
  'a name like an option': (temp) =>
    writeFileSync(join(temp.path, '.git/refs/heads/-D'), `${temp.git('rev-parse', 'HEAD')}\n`),
  'a name that is none': (temp) =>
    writeFileSync(join(temp.path, '.git/refs/heads/a..b'), `${temp.git('rev-parse', 'HEAD')}\n`),
  'a lock file and a hidden one': (temp) => {
    writeFileSync(join(temp.path, '.git/refs/heads/x.lock'), '')
    writeFileSync(join(temp.path, '.git/refs/heads/.hidden'), '')
  },
  'an empty directory': (temp) => mkdirSync(join(temp.path, '.git/refs/heads/empty')),
  'packed ones that were cut off': (temp) =>
    writeFileSync(join(temp.path, '.git/packed-refs'), `${temp.git('rev-parse', 'HEAD')} refs/tags/x`),
  'more than a look at each is worth': (temp) => {
    const id = temp.git('rev-parse', 'HEAD')
    for (let at = 0; at < 205; at++) writeFileSync(join(temp.path, `.git/refs/tags/t${at}`), `${id}\n`)
  },
}

describe('references', () => {
  it('are read from their files as git lists them, whatever was done', { timeout: 300_000 }, () => {
    const step = fc.record({ what: action, at: name })
    return fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 3 }), (rounds) =>
        withOpened(async ({ temp, repository }) => {
          temp.commit('second', { b: 'b' })
          const files = new RefFiles(repository.facts.commonDir, repository.clock)
          for (const round of rounds) {
            for (const { what, at } of round) act(temp, what, at)
            expect(files.read()).toEqual(await asked(repository))
            expect(await repository.listForeignRefs()).toEqual(await asked(repository))
          }
        }),
      ),
      { numRuns: 12, endOnFailure: true },
    )
  })

  it.each(Object.keys(odd))('with %s are what git says they are', (what) =>
    withOpened(async ({ temp, repository }) => {
      odd[what]?.(temp)
      const said = await asked(repository).catch((error: unknown) => String(error))
      const found = await repository.listForeignRefs().catch((error: unknown) => String(error))
      expect(found).toEqual(said)
    }),
  )

  it('that were written since they were packed are what was written', () =>
    withOpened(async ({ temp, repository }) => {
      temp.commit('second', { b: 'b' })
      temp.git('update-ref', 'refs/tags/x', 'HEAD')
      temp.git('pack-refs', '--all')
      temp.git('update-ref', 'refs/tags/x', 'HEAD^')
      const found = (await repository.listForeignRefs()).find((ref) => ref.name === 'refs/tags/x')
      expect(found?.id).toBe(temp.git('rev-parse', 'HEAD^'))
    }))

  it('that are packed once more at the same moment are read once more', () =>
    withOpened(async ({ temp, repository }) => {
      const files = new RefFiles(repository.facts.commonDir, systemClock())
      temp.commit('second', { b: 'b' })
      temp.git('update-ref', 'refs/tags/x', 'HEAD')
      temp.git('pack-refs', '--all')
      const [before] = files.read()?.filter((ref) => ref.name === 'refs/tags/x') ?? []
      temp.git('update-ref', 'refs/tags/x', 'HEAD^')
      temp.git('pack-refs', '--all')
      const [after] = files.read()?.filter((ref) => ref.name === 'refs/tags/x') ?? []
      expect([before?.id, after?.id]).toEqual([temp.git('rev-parse', 'HEAD'), temp.git('rev-parse', 'HEAD^')])
    }))
})
