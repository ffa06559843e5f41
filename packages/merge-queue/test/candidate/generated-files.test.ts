import { join } from 'node:path'
import { systemClock } from '@ws/core'
import { describe, expect, it } from 'vitest'
import { buildCandidate, type CandidateResult } from '../../src/candidate/build-candidate.ts'
import { type GeneratedFile, generateFiles } from '../../src/candidate/generated-files.ts'
import { CheckoutPool } from '../../src/checks/checkout-pool.ts'
import { RestrictedTrees } from '../../src/checks/restricted-tree.ts'
import type { EntrySpec } from '../../src/queue/queue-spec.ts'
import { entry, type Opened, testEnvironment, withOpened } from '../opened.ts'

const lock: GeneratedFile = {
  path: 'sum.lock',
  run: 'cat parts/* > sum.lock; echo beside > other.txt',
  from: ['parts/**'],
  timeoutMs: 60_000,
}

interface Parts extends Opened {
  build(
    spec: Partial<EntrySpec> & Pick<EntrySpec, 'commit'>,
    file?: Partial<GeneratedFile>,
  ): Promise<CandidateResult>
  /** A branch from the first commit that changes these files. */
  branch(name: string, files: Readonly<Record<string, string>>): string
}

/** `main` and a branch have both changed what a lock file is made of, and made it anew. */
function withParts(body: (parts: Parts) => Promise<void>): Promise<void> {
  return withOpened(
    async (opened) => {
      const { temp, repository } = opened
      const pool = new CheckoutPool(repository, { caches: [], minFreeBytes: 0 })
      const first = temp.git('rev-parse', 'main')
      temp.commit('on main', { 'parts/2': 'main\n', 'sum.lock': 'one\nmain\n' })
      const build: Parts['build'] = (spec, file = {}) => {
        const mend = generateFiles([{ ...lock, ...file }], {
          repository,
          pool,
          trees: new RestrictedTrees(repository),
          clock: systemClock(),
          env: testEnvironment(),
          logFile: join(temp.folder, 'generated.log'),
          signal: new AbortController().signal,
        })
        return buildCandidate(
          repository,
          { onto: temp.git('rev-parse', 'main'), entry: entry(spec) },
          { mend },
        )
      }
      const branch: Parts['branch'] = (name, files) => {
        temp.git('switch', '--quiet', '--create', name, first)
        temp.commit(name, files)
        temp.git('switch', '--quiet', 'main')
        return temp.git('rev-parse', name)
      }
      await body({ ...opened, build, branch })
      await pool.close()
    },
    { files: { 'parts/1': 'one\n', 'sum.lock': 'one\n' } },
  )
}

describe('a generated file', () => {
  it('is no conflict, and is made anew on the candidate', () =>
    withParts(async ({ temp, build, branch }) => {
      const commit = branch('topic', { 'parts/3': 'topic\n', 'sum.lock': 'one\ntopic\n' })
      for (const method of ['merge', 'squash'] as const) {
        const built = await build({ commit, method })
        if (built.kind !== 'built') throw new Error(built.kind)
        expect(temp.git('show', `${built.commit}:sum.lock`)).toBe('one\nmain\ntopic')
        expect(temp.git('diff', '--name-only', 'main', built.commit)).toBe('parts/3\nsum.lock')
      }
    }))

  it('is made anew where a branch left it out, after a rebase by a commit of its own', () =>
    withParts(async ({ temp, build, branch }) => {
      const commit = branch('topic', { 'parts/3': 'topic\n' })
      const built = await build({ commit, method: 'rebase' })
      if (built.kind !== 'built') throw new Error(built.kind)
      expect(temp.git('show', `${built.commit}:sum.lock`)).toBe('one\nmain\ntopic')
      expect(temp.git('log', '--format=%s', `main..${built.commit}`)).toBe('Make generated files anew\ntopic')
    }))

  it('is left alone where nothing that it is made of has changed', () =>
    withParts(async ({ build, branch }) => {
      const commit = branch('topic', { 'else.txt': 'else\n' })
      expect(await build({ commit }, { run: 'exit 1' })).toMatchObject({ kind: 'built' })
      const { from: _from, ...always } = lock
      expect(always.path).toBe('sum.lock')
    }))

  it('does not hide a conflict in another file', () =>
    withParts(async ({ build, branch }) => {
      const commit = branch('topic', { 'parts/2': 'topic\n', 'sum.lock': 'one\ntopic\n' })
      const result = await build({ commit })
      expect(result).toMatchObject({ kind: 'conflicted' })
      if (result.kind === 'conflicted')
        expect(result.conflicts.map(({ path }) => path)).toEqual(['parts/2', 'sum.lock'])
    }))

  it('that cannot be made is told by whose fault that is', () =>
    withParts(async ({ build, branch }) => {
      const commit = branch('topic', { 'parts/3': 'topic\n' })
      expect(await build({ commit }, { run: 'echo broken; exit 1' })).toMatchObject({
        kind: 'impossible',
        detail: 'sum.lock could not be made anew: exit code 1: broken',
      })
      expect(await build({ commit }, { run: 'rm -f sum.lock' })).toMatchObject({ kind: 'impossible' })
      expect(await build({ commit }, { run: 'no-such-program' })).toMatchObject({ kind: 'infrastructure' })
      expect(await build({ commit }, { run: ['/nonexistent/program'] })).toMatchObject({
        kind: 'infrastructure',
      })
    }))
})
