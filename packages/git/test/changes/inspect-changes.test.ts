import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCollisions, inspectChanges } from '../../src/changes/inspect-changes.ts'
import { judgeChanges } from '../../src/changes/judge-changes.ts'
import { editTree } from '../../src/changes/edit-tree.ts'
import { parseObjectId } from '../../src/door/names.ts'
import { withOpened, work } from '../opened.ts'

const files = {
  'src/a.ts': 'a\n',
  'src/b.ts': 'b\n',
  'docs/a.md': 'd\n',
  'run.sh': 'x\n',
  'package-lock.json': '{}',
}

describe('changed paths', () => {
  it('have a rename as both sides, a mode, a deletion and an addition', () =>
    withOpened(
      async ({ repository, slots }) => {
        const { path, base } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        renameSync(join(path, 'src/a.ts'), join(path, 'src/c.ts'))
        chmodSync(join(path, 'run.sh'), 0o755)
        rmSync(join(path, 'docs/a.md'))
        const { tree } = await slots.snapshot('s')
        const { changes, problems } = await inspectChanges(repository, base, tree)
        expect(changes.map(({ kind, path: name }) => `${kind} ${name}`)).toEqual([
          'deleted docs/a.md',
          'modified run.sh',
          'deleted src/a.ts',
          'added src/c.ts',
        ])
        expect(changes[1]).toMatchObject({ before: { mode: '100644' }, after: { mode: '100755' } })
        expect(problems).toEqual([])
      },
      { files },
    ))

  it('name links that leave the tree, submodules, collisions and look-alikes of .git', () =>
    withOpened(
      async ({ temp, repository, slots }) => {
        const { path, base } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        symlinkSync('/etc/passwd', join(path, 'absolute'))
        symlinkSync('../../outside', join(path, 'src/outside'))
        symlinkSync('../docs/a.md', join(path, 'src/inside'))
        writeFileSync(join(path, 'src/A.ts'), 'other\n')
        mkdirSync(join(path, 'Docs'))
        writeFileSync(join(path, 'Docs/x.md'), 'x\n')
        const { tree } = await slots.snapshot('s')
        // Only a tool that writes objects itself gets these into a tree.
        const blob = temp.git('hash-object', '-w', 'run.sh')
        const commit = temp.git('rev-parse', 'main')
        const bad = temp.gitIn(path, 'rev-parse', 'HEAD')
        expect(bad).toBe(commit)
        const raw = await editTree(repository, tree, [
          { path: 'vendor/lib', mode: '160000', id: parseObjectId(commit) },
        ])
        const { problems } = await inspectChanges(repository, base, raw)
        expect(
          problems.map(({ kind, path: name, detail }) => `${kind} ${name}: ${detail}`).toSorted(),
        ).toEqual([
          'collision Docs/x.md: Docs and docs',
          'collision src/A.ts: src/A.ts and src/a.ts',
          'link-escape absolute: /etc/passwd',
          'link-escape src/outside: ../../outside',
          `submodule vendor/lib: ${commit}`,
        ])
        expect(blob).toMatch(/^[0-9a-f]{40}$/)
      },
      { files },
    ))

  it('do not meet under two spellings of a letter or a directory', () => {
    expect(findCollisions(['caf\u0065\u0301.md'], ['caf\u00e9.md', 'caf\u0065\u0301.md'])).toHaveLength(1)
    expect(findCollisions(['Src/deep/x.ts'], ['src/deep/x.ts', 'Src/deep/x.ts', 'b.ts'])).toEqual([
      { kind: 'collision', path: 'Src/deep/x.ts', detail: 'Src and src' },
    ])
    expect(findCollisions(['a.ts'], ['a.ts', 'b.ts'])).toEqual([])
  })
})

describe('the judgement of a change', () => {
  it('sorts by kind, and gives back a tree that holds only what may be committed', () =>
    withOpened(
      async ({ temp, repository, slots }) => {
        const { path, base } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        writeFileSync(join(path, 'src/a.ts'), 'changed\n')
        writeFileSync(join(path, 'docs/a.md'), 'changed\n')
        writeFileSync(join(path, 'new.txt'), 'new\n')
        writeFileSync(join(path, '.aider.log'), 'log\n')
        writeFileSync(join(path, 'package-lock.json'), '{"changed":true}')
        writeFileSync(join(path, 'src/.gitattributes'), '* filter=x\n')
        const pinned = await slots.pin('s')
        const inspected = await inspectChanges(repository, base, pinned.snapshot.tree)
        const policy = { claims: ['src/**'], toolPaths: ['.aider*'] }
        const judged = judgeChanges(inspected, policy)
        expect(judged).toMatchObject({
          inside: ['src/a.ts'],
          outside: ['docs/a.md'],
          setAside: ['new.txt', 'src/.gitattributes'],
          toolOwn: ['.aider.log'],
          generated: ['package-lock.json'],
          breaches: [{ breach: 'outside-claims', paths: ['docs/a.md'] }],
        })
        const reverting = judgeChanges(inspected, { ...policy, enforce: 'revert' })
        expect(reverting.breaches).toEqual([])
        const tree = await editTree(repository, pinned.snapshot.tree, reverting.edits)
        expect(temp.git('diff', '--name-only', 'main', tree)).toBe('src/a.ts')
        const { commit } = await slots.commit('s', { tree, pinned, message: 'only what is ours' })
        expect(temp.git('show', '--name-only', '--format=', commit)).toBe('src/a.ts')
        expect(temp.gitIn(path, 'status', '--porcelain')).toBe('')
        expect(temp.git('show', `${pinned.ref}:new.txt`)).toBe('new')
      },
      { files },
    ))

  it('lets a claim that names a protected path have it', () => {
    const change = {
      path: '.github/workflows/ci.yml',
      kind: 'modified' as const,
      before: null,
      after: null,
      isReadable: true,
    }
    const judge = (claims: string[]) => judgeChanges({ changes: [change], problems: [] }, { claims })
    expect(judge(['**']).outside).toEqual([change.path])
    expect(judge(['.github/**']).inside).toEqual([change.path])
  })
})
