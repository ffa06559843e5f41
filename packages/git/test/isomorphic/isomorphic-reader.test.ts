import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { parseObjectId, parseRefName } from '../../src/door/names.ts'
import { openIsomorphicReader } from '../../src/isomorphic/index.ts'
import { makeTempRepository, withOpened, work } from '../opened.ts'

describe('reading without a git binary', () => {
  it('gives the same answers as native git, loose and packed', () =>
    withOpened(async ({ temp, repository }) => {
      temp.commit('second', { 'a/b.txt': 'b\n' })
      temp.git('tag', '-a', '-m', 'tagged', 'v1')
      temp.git('branch', 'lane/x')
      const isomorphic = await openIsomorphicReader(temp.path)
      const objects = temp
        .git('rev-list', '--all', '--objects')
        .split('\n')
        .map((line) => parseObjectId(line.slice(0, 40)))
      const missing = parseObjectId('1'.repeat(40))
      for (const round of ['loose', 'packed']) {
        for (const id of [...objects, missing])
          expect(await isomorphic.readObject(id), `${round} ${id}`).toEqual(await repository.readObject(id))
        const prefixes = ['refs/', 'refs/heads/', 'refs/tags/']
        for (const prefix of prefixes)
          expect(await isomorphic.listRefs(prefix)).toEqual(await repository.listRefs(prefix))
        const none = parseRefName('refs/heads/none')
        expect(await isomorphic.readRef(none)).toBe(await repository.readRef(none))
        temp.git('gc', '--quiet')
      }
      await isomorphic.close()
    }))

  it('refuses a linked worktree, another object format and what is no repository, by name', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      await expect(openIsomorphicReader(path)).rejects.toMatchObject({ code: 'WS_GIT_LINKED_WORKTREE' })
      await expect(openIsomorphicReader(temp.folder)).rejects.toMatchObject({
        code: 'WS_GIT_NOT_A_REPOSITORY',
      })
      await withTempDir(async (folder) => {
        const other = makeTempRepository(folder, { objectFormat: 'sha256' })
        await expect(openIsomorphicReader(other.path)).rejects.toMatchObject({ code: 'WS_GIT_FORMAT' })
      })
    }))
})
