import { describe, expect, it } from 'vitest'
import { parseObjectId } from '../../src/door/names.ts'
import { type CommitDraft, writeCommit } from '../../src/repository/commit.ts'
import { withOpened } from '../opened.ts'

describe('a commit', () => {
  it('has the id that git itself gives it, whoever is named and whatever is said', () =>
    withOpened(async ({ temp, repository }) => {
      const tree = parseObjectId(temp.git('rev-parse', 'main^{tree}'))
      const main = await repository.resolveCommit('main')
      const at = 1_700_000_000_999
      const drafts: readonly CommitDraft[] = [
        { tree, parents: [], message: 'first', at },
        { tree, parents: [main, main], message: '  ä "quoted"\n\n# no comment\n\n\n', at: 0 },
        {
          tree,
          parents: [main],
          message: '\0',
          trailers: { 'Ws-Run': 'x: y' },
          author: { name: ' .,"Ada" Å\\', email: "'ada@localhost'" },
          committer: { name: 'Grace', email: 'g@localhost;' },
          at,
        },
      ]
      const git = await repository.content.bare()
      for (const draft of drafts) {
        const id = await repository.writeCommit(draft)
        expect(id).toBe(await writeCommit(git, draft))
        expect(temp.git('cat-file', '-t', id)).toBe('commit')
      }
      expect(temp.git('fsck', '--no-dangling')).toBe('')
    }))

  it('is not written of a tree or a parent that is not there, nor for nobody', () =>
    withOpened(async ({ temp, repository }) => {
      const tree = parseObjectId(temp.git('rev-parse', 'main^{tree}'))
      const main = await repository.resolveCommit('main')
      const draft = { tree, parents: [main], message: 'x', at: 0 }
      const absent = parseObjectId('0123456789'.repeat(4))
      for (const wrong of [{ tree: main }, { tree: absent }, { parents: [tree] }, { parents: [absent] }])
        await expect(repository.writeCommit({ ...draft, ...wrong })).rejects.toMatchObject({
          code: 'WS_GIT_OBJECT_MISSING',
        })
      const author = { name: ' . ', email: 'a@localhost' }
      await expect(repository.writeCommit({ ...draft, author })).rejects.toMatchObject({
        code: 'WS_GIT_PERSON',
      })
      const trailers = { 'Ws-Run': 'two\nlines' }
      await expect(repository.writeCommit({ ...draft, trailers })).rejects.toMatchObject({
        code: 'WS_GIT_TRAILER',
      })
    }))

  it('can be written in great number at once', () =>
    withOpened(async ({ temp, repository }) => {
      const tree = parseObjectId(temp.git('rev-parse', 'main^{tree}'))
      const ids = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          repository.writeCommit({ tree, parents: [], message: `${n}`, at: n }),
        ),
      )
      for (const [n, id] of ids.entries()) expect(temp.git('log', '-1', '--format=%s', id)).toBe(`${n}`)
    }))

  it('tells whether trees ignore different files, and not of what is not there', () =>
    withOpened(
      async ({ temp, repository }) => {
        const trees: string[] = []
        for (const files of [
          { 'b.txt': 'b' },
          { 'sub/.gitignore': '*.log\n' },
          { 'sub/.gitignore': 'x\n' },
        ]) {
          temp.commit('next', files)
          trees.push(temp.git('rev-parse', 'HEAD^{tree}'))
        }
        const [one, two, three] = [temp.git('rev-parse', 'HEAD~3^{tree}'), ...trees].map(parseObjectId)
        expect(await repository.ignoresDiffer(one!, one!)).toBe(false)
        expect(await repository.ignoresDiffer(one!, two!)).toBe(false)
        expect(await repository.ignoresDiffer(two!, three!)).toBe(true)
        const absent = parseObjectId('0123456789'.repeat(4))
        await expect(repository.ignoresDiffer(absent, one!)).rejects.toMatchObject({
          code: 'WS_GIT_OBJECT_MISSING',
        })
        expect(await repository.ignoresDiffer(three!, one!)).toBe(true)
      },
      { files: { '.gitignore': '*.log\n', 'a.txt': 'a' } },
    ))
})
