// LFS without LFS: a program of its name on PATH that leaves a trace, and that fills in what a pointer means.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TempRepository } from '@ws/testing'
import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { inspectContent } from '../../src/changes/inspect-content.ts'
import { openRepository, type OpenRepositoryOptions } from '../../src/repository/repository.ts'
import { Slots } from '../../src/slots/slots.ts'
import { makeTempRepository, testEnvironment, work } from '../opened.ts'

const pointer =
  'version https://git-lfs.github.com/spec/v1\n' + `oid sha256:${'ab'.repeat(32)}\n` + 'size 12\n'
const content = 'large file\n\n'

interface LfsFixture {
  readonly temp: TempRepository
  readonly slots: Slots
  /** What the program was called with, line by line. */
  readonly calls: () => string
}

async function withLfs(
  options: Pick<OpenRepositoryOptions, 'lfs'> & { config?: Readonly<Record<string, string>> },
  body: (fixture: LfsFixture) => Promise<void>,
): Promise<void> {
  await withTempDir(async (folder) => {
    const programs = join(folder, 'bin')
    const trace = join(folder, 'trace')
    mkdirSync(programs)
    const program = join(programs, 'git-lfs')
    writeFileSync(join(folder, 'pointer'), pointer)
    writeFileSync(join(folder, 'content'), content)
    writeFileSync(
      program,
      `#!/bin/sh\necho "$@" >> '${trace}'\ncat > /dev/null\n` +
        `case "$1" in smudge) cat '${folder}/content' ;; clean) cat '${folder}/pointer' ;; *) exit 1 ;; esac\n`,
    )
    chmodSync(program, 0o755)
    const temp = makeTempRepository(folder, {
      files: {
        '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
        'a.bin': pointer,
        'b.txt': 'b\n',
      },
    })
    // What `git lfs install` writes, but for the protocol of many files, which the program does not speak.
    const standard = {
      'filter.lfs.clean': 'git-lfs clean -- %f',
      'filter.lfs.smudge': 'git-lfs smudge -- %f',
      'filter.lfs.required': 'true',
    }
    for (const [key, value] of Object.entries({ ...standard, ...options.config }))
      temp.git('config', key, value)
    const env = { ...testEnvironment(), PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }
    const repository = await openRepository(temp.path, { env, ...(options.lfs ? { lfs: options.lfs } : {}) })
    try {
      const calls = () => (existsSync(trace) ? readFileSync(trace, 'utf8') : '')
      await body({ temp, slots: new Slots(repository), calls })
    } finally {
      await repository.close()
    }
  })
}

describe('LFS', () => {
  it('is not run unless asked for: its files are pointers, which is said and can be refused', () =>
    withLfs({}, async ({ temp, slots, calls }) => {
      const { path, base } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      expect(readFileSync(join(path, 'a.bin'), 'utf8')).toBe(pointer)
      writeFileSync(join(path, 'b.txt'), 'changed\n')
      const pinned = await slots.pin('s')
      expect(temp.git('diff', '--name-only', 'main', pinned.commit)).toBe('b.txt')
      await slots.commit('s', { tree: pinned.snapshot.tree, pinned, message: 'b' })
      await slots.recycle('s', { base: 'main', work: work('b') })
      await slots.remove('s')
      expect(calls()).toBe('')
      expect((await inspectContent(slots.repository, base)).lfsAttributes).toEqual(['.gitattributes'])
      const refused = slots.create({ slot: 't', base: 'main', work: work('t'), refuse: ['lfs'] })
      await expect(refused).rejects.toMatchObject({ code: 'WS_GIT_LFS' })
    }))

  it('is run where it is asked for and configured with its own commands; a snapshot holds pointers', () =>
    withLfs({ lfs: 'smudge' }, async ({ temp, slots, calls }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      expect(readFileSync(join(path, 'a.bin'), 'utf8')).toBe(content)
      expect(calls()).toContain('smudge -- a.bin')
      writeFileSync(join(path, 'new.bin'), 'another large file\n')
      const { tree } = await slots.snapshot('s')
      expect(calls()).toContain('clean -- new.bin')
      expect(temp.git('show', `${tree}:new.bin`)).toBe(pointer.trimEnd())
      expect(temp.git('diff', '--name-only', 'main', tree)).toBe('new.bin')
    }))

  it('is not run under its name when somebody put another command there', () =>
    withLfs(
      { lfs: 'smudge', config: { 'filter.lfs.smudge': 'git-lfs run-anything' } },
      async ({ slots, calls }) => {
        // The filter is required, and it is not the one of LFS: no worktree rather than a wrong one.
        await expect(slots.create({ slot: 's', base: 'main', work: work('a') })).rejects.toMatchObject({
          code: 'WS_GIT_FAILED',
          message: /filter/,
        })
        expect(calls()).not.toContain('run-anything')
        expect(await slots.list()).toEqual([])
      },
    ))
})
