import type { TempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { buildCandidate, type CandidateResult } from '../../src/candidate/build-candidate.ts'
import type { EntrySpec } from '../../src/queue/queue-spec.ts'
import { makeCommits } from '../make-commits.ts'
import { entry, type Opened, text, withOpened } from '../opened.ts'

/** A branch with these commits, from `main` or where it is told. */
function branch(
  temp: TempRepository,
  name: string,
  commits: readonly Readonly<Record<string, string | null>>[],
  from = 'main',
): string {
  return makeCommits(temp, {
    branch: name,
    from,
    commits: commits.map((files, i) => ({ message: `${name} ${i + 1}\n\nbody of ${name}`, files })),
  })
}

function build(
  { temp, repository }: Opened,
  spec: Partial<EntrySpec> & Pick<EntrySpec, 'commit'>,
  onto = temp.git('rev-parse', 'main'),
): Promise<CandidateResult> {
  return buildCandidate(repository, { onto, entry: entry(spec) })
}

function built(result: CandidateResult): Extract<CandidateResult, { kind: 'built' }> {
  expect(result).toMatchObject({ kind: 'built' })
  if (result.kind !== 'built') throw new Error('not built')
  return result
}

const withLines = (body: (opened: Opened) => Promise<void>) =>
  withOpened(body, { files: { 'a.txt': text() } })

describe('a candidate', () => {
  it('is a merge of two parents with what git itself would make', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [{ 'a.txt': text({ 3: 'topic' }) }, { 'b.txt': 'b' }])
      const main = temp.commit('on main', { 'a.txt': text({ 15: 'main' }) })
      const { commit, tree, isEmpty } = built(await build(opened, { commit: tip }))
      expect(isEmpty).toBe(false)
      expect(temp.git('rev-list', '--parents', '--max-count=1', commit)).toBe(`${commit} ${main} ${tip}`)
      expect(temp.git('log', '-1', '--format=%an %cn %s', commit)).toBe('ws ws Merge topic into main')
      temp.git('merge', '--quiet', '--no-edit', 'topic')
      expect(tree).toBe(temp.git('rev-parse', 'HEAD^{tree}'))
    }))

  it('of the same things has the same id', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const commit = branch(temp, 'topic', [{ 'b.txt': 'b' }])
      temp.commit('on main', { 'c.txt': 'c' })
      for (const method of ['merge', 'squash', 'rebase'] as const) {
        const first = await build(opened, { commit, method })
        expect(await build(opened, { commit, method })).toEqual(first)
      }
    }))

  it('takes its message from a template, once', () =>
    withLines(async (opened) => {
      const { temp } = opened
      branch(temp, 'topic', [{ 'b.txt': 'b' }])
      temp.git('switch', '--quiet', 'topic')
      const odd = temp.commit('about {branch} and $&', { 'c.txt': 'c' })
      temp.git('switch', '--quiet', 'main')
      const message = '{id}: {subject} ({branch} → {target})'
      const trailers = { 'Ws-Run': 'r1', 'Ws-Task': 'a\nb' }
      const { commit } = built(await build(opened, { commit: odd, message, trailers }))
      expect(temp.git('log', '-1', '--format=%B', commit)).toBe(
        'e1: about {branch} and $& (topic → main)\n\nWs-Run: r1\nWs-Task: a b\n',
      )
    }))

  it('squashes into one commit in the name of the branch’s author', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [{ 'b.txt': 'b' }, { 'c.txt': 'c' }])
      const { commit } = built(await build(opened, { commit: tip, method: 'squash' }))
      const main = temp.git('rev-parse', 'main')
      expect(temp.git('rev-list', '--parents', '--max-count=1', commit)).toBe(`${commit} ${main}`)
      expect(temp.git('log', '-1', '--format=%an|%cn|%B', commit)).toBe('Test|ws|topic 2\n\nbody of topic\n')
      expect(temp.git('diff', '--name-only', 'main', commit)).toBe('b.txt\nc.txt')
    }))

  it('rebases each commit with its author and message', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [{ 'b.txt': 'b' }, { 'a.txt': text({ 3: 'topic' }) }])
      temp.commit('on main', { 'a.txt': text({ 15: 'main' }) })
      const { commit } = built(await build(opened, { commit: tip, method: 'rebase' }))
      expect(temp.git('log', '--format=%an %cn %s', `main..${commit}`)).toBe(
        'Test ws topic 2\nTest ws topic 1',
      )
      expect(temp.git('show', `${commit}:a.txt`)).toBe(text({ 3: 'topic', 15: 'main' }).trimEnd())
    }))

  it('names the commit on which a rebase stops', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [
        { 'b.txt': 'b' },
        { 'a.txt': text({ 3: 'topic' }) },
        { 'c.txt': 'c' },
      ])
      temp.commit('on main', { 'a.txt': text({ 3: 'main' }) })
      expect(await build(opened, { commit: tip, method: 'rebase' })).toEqual({
        kind: 'conflicted',
        conflicts: [
          {
            path: 'a.txt',
            reason: 'changed on both sides, at commit 2 of 3, "topic 2"',
            hunks: [{ line: 4, ours: 'main', theirs: 'topic' }],
          },
        ],
      })
    }))

  it('keeps what a merge on a rebased branch resolved, and drops what the target has already', () =>
    withLines(async (opened) => {
      const { temp } = opened
      branch(temp, 'topic', [{ 'a.txt': text({ 3: 'topic' }) }])
      const base = temp.git('rev-parse', 'main')
      temp.commit('on main', { 'a.txt': text({ 15: 'main' }) })
      temp.git('switch', '--quiet', 'topic')
      temp.git('merge', '--quiet', '--no-commit', 'main')
      const tip = temp.commit('merged', { 'b.txt': 'needed with both' })
      temp.git('switch', '--quiet', 'main')
      const { commit } = built(await build(opened, { commit: tip, method: 'rebase', base }))
      expect(temp.git('show', `${commit}:b.txt`)).toBe('needed with both')
      expect(temp.git('log', '--format=%s', `main..${commit}`)).toBe('merged\ntopic 1')
      // A commit of the same content, made elsewhere, leaves nothing of the branch.
      const other = branch(temp, 'other', [{ 'd.txt': 'd' }])
      temp.commit('the same', { 'd.txt': 'd' })
      expect(await build(opened, { commit: other, method: 'rebase' })).toMatchObject({ isEmpty: true })
    }))

  it('fast-forwards only where it is one', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [{ 'b.txt': 'b' }])
      expect(built(await build(opened, { commit: tip, method: 'fast-forward' })).commit).toBe(tip)
      temp.commit('on main', { 'c.txt': 'c' })
      expect(await build(opened, { commit: tip, method: 'fast-forward' })).toMatchObject({
        kind: 'impossible',
      })
    }))

  it('is judged by the inputs commit of its branch, however the predecessor landed', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const base = branch(temp, 'first', [{ 'a.txt': text({ 3: 'first' }) }])
      const tip = branch(temp, 'second', [{ 'a.txt': text({ 3: 'second' }) }], 'first')
      const { commit: squashed } = built(await build(opened, { commit: base, method: 'squash' }))
      temp.git('reset', '--quiet', '--hard', squashed)
      expect(await build(opened, { commit: tip })).toMatchObject({ kind: 'conflicted' })
      for (const method of ['merge', 'squash', 'rebase'] as const) {
        const { commit } = built(await build(opened, { commit: tip, base, method }))
        expect(temp.git('show', `${commit}:a.txt`), method).toBe(text({ 3: 'second' }).trimEnd())
      }
    }))

  it('names what conflicts by file and hunk, bounded', () =>
    withOpened(
      async (opened) => {
        const { temp } = opened
        const tip = branch(temp, 'topic', [
          {
            'a.txt': text({ 3: 'x'.repeat(5_000) }),
            'gone.txt': null,
            'new.txt': 'topic',
            'kept.txt': 'topic',
          },
        ])
        temp.commit('on main', {
          'a.txt': text({ 3: 'main' }),
          'gone.txt': 'main',
          'new.txt': 'main',
          'kept.txt': null,
        })
        const result = await build(opened, { commit: tip })
        if (result.kind !== 'conflicted') throw new Error(result.kind)
        expect(result.conflicts.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
          'a.txt: changed on both sides',
          'gone.txt: changed on the target, deleted on the branch',
          'kept.txt: deleted on the target, changed on the branch',
          'new.txt: added on both sides',
        ])
        expect(result.conflicts[0]?.hunks[0]?.theirs).toHaveLength(2_001)
      },
      { files: { 'a.txt': text(), 'gone.txt': 'a\n', 'kept.txt': 'a\n' } },
    ))

  it('does not move new files after a renamed directory', () =>
    withOpened(
      async (opened) => {
        const { temp } = opened
        const tip = branch(temp, 'topic', [{ 'old/new.txt': 'new' }])
        temp.git('mv', 'old', 'renamed')
        temp.commit('renamed')
        const { commit } = built(await build(opened, { commit: tip }))
        expect(temp.git('ls-tree', '-r', '--name-only', commit)).toBe(
          'old/new.txt\nrenamed/a.txt\nrenamed/b.txt',
        )
      },
      { files: { 'old/a.txt': text(), 'old/b.txt': text({ 1: 'b' }) } },
    ))

  it('says that nothing is left of a branch that the target holds', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const tip = branch(temp, 'topic', [{ 'b.txt': 'b' }])
      temp.git('merge', '--quiet', '--no-ff', '--no-edit', 'topic')
      const main = temp.git('rev-parse', 'main')
      expect(await build(opened, { commit: tip })).toMatchObject({ commit: main, isEmpty: true })
      const same = branch(temp, 'same', [{ 'b.txt': 'b' }], 'main~1')
      expect(await build(opened, { commit: same, method: 'squash' })).toMatchObject({ isEmpty: true })
    }))

  it('takes in what a person committed: as it is, or merged', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const before = temp.git('rev-parse', 'main')
      const person = temp.commit('by a person')
      expect(await build(opened, { kind: 'person', commit: person }, before)).toMatchObject({
        commit: person,
        isEmpty: false,
      })
      const landed = branch(temp, 'landed', [{ 'b.txt': 'b' }], before)
      const { commit } = built(await build(opened, { kind: 'person', commit: person }, landed))
      expect(temp.git('rev-list', '--parents', '--max-count=1', commit)).toBe(`${commit} ${landed} ${person}`)
      expect(await build(opened, { kind: 'person', commit: before }, landed)).toMatchObject({
        commit: landed,
        isEmpty: true,
      })
    }))

  it('undoes a landing, and only one that there was', () =>
    withLines(async (opened) => {
      const { temp } = opened
      branch(temp, 'topic', [{ 'b.txt': 'b' }, { 'c.txt': 'c' }])
      const base = temp.git('rev-parse', 'main')
      temp.git('merge', '--quiet', '--no-ff', '--no-edit', 'topic')
      const landed = temp.git('rev-parse', 'main')
      temp.commit('later', { 'd.txt': 'd' })
      const { commit } = built(await build(opened, { kind: 'revert', commit: landed }))
      expect(temp.git('diff', '--name-only', base, commit)).toBe('d.txt')
      expect(temp.git('log', '-1', '--format=%B', commit)).toBe(
        `Revert "Merge branch 'topic'"\n\nThis undoes ${landed}.\n`,
      )
      // A landing of several commits is undone from its base on.
      const whole = built(
        await build(opened, { kind: 'revert', commit: temp.git('rev-parse', 'topic'), base }),
      )
      expect(whole.tree).toBe(temp.git('rev-parse', `${commit}^{tree}`))
      const again = await build(opened, { kind: 'revert', commit: landed }, commit)
      expect(again).toMatchObject({ commit, isEmpty: true })
      const other = branch(temp, 'other', [{ 'e.txt': 'e' }])
      expect(await build(opened, { kind: 'revert', commit: other })).toMatchObject({ kind: 'impossible' })
      const first = temp.git('rev-list', '--max-parents=0', 'main')
      expect(await build(opened, { kind: 'revert', commit: first })).toMatchObject({ kind: 'impossible' })
    }))

  it('is impossible where its commit is gone, or shares no history', () =>
    withLines(async (opened) => {
      const { temp } = opened
      const commit = branch(temp, 'topic', [{ 'b.txt': 'b' }])
      const missing = '1'.repeat(40)
      expect(await build(opened, { commit: missing })).toMatchObject({ kind: 'impossible' })
      expect(await build(opened, { commit, base: missing })).toMatchObject({ kind: 'impossible' })
      expect(await build(opened, { commit }, missing)).toMatchObject({ kind: 'infrastructure' })
      temp.git('switch', '--quiet', '--orphan', 'elsewhere')
      const alone = temp.commit('alone', { 'z.txt': 'z' })
      const main = temp.git('rev-parse', 'main')
      for (const method of ['merge', 'squash', 'rebase', 'fast-forward'] as const)
        expect(await build(opened, { commit: alone, method }, main), method).toMatchObject({
          kind: 'impossible',
        })
      expect(await build(opened, { commit: alone, method: 'rebase', base: main }, main)).toMatchObject({
        kind: 'built',
      })
    }))
})
