import { describe, expect, it } from 'vitest'
import { branchRef, parseObjectId, parseRefName, refComponent } from '../../src/door/names.ts'

describe('names', () => {
  it.each([
    '-D',
    '--upload-pack=touch x',
    '-x/y',
    'a/-b',
    'HEAD',
    'refs/heads/x',
    'a..b',
    'a b',
    'a~1',
    'a:b',
    'x.lock',
    'a//b',
    '',
    '/a',
    'a/',
    '.a',
    'a@{1}',
    'a\0b',
    'a\nb',
    '\ud800',
  ])('refuse the branch %j', (branch) => {
    expect(() => branchRef(branch)).toThrow(expect.objectContaining({ code: 'WS_GIT_BRANCH_NAME' }))
  })

  it.each(['main', 'lane/run/a', 'feature/ä', 'a.b', '@x', "it's", '$(touch)', ';rm'])(
    'take the branch %j as it is',
    (branch) => {
      expect(branchRef(branch)).toBe(`refs/heads/${branch}`)
    },
  )

  it('refuse what is no full reference and no full id', () => {
    expect(() => parseRefName('main')).toThrow(expect.objectContaining({ code: 'WS_GIT_REF_NAME' }))
    for (const id of ['HEAD', 'abc', 'A'.repeat(40), `${'a'.repeat(40)} `, `-${'a'.repeat(39)}`])
      expect(() => parseObjectId(id)).toThrow(expect.objectContaining({ code: 'WS_GIT_OBJECT_ID' }))
    expect(parseObjectId('a'.repeat(64))).toHaveLength(64)
  })

  it('from outside become components that git takes, and different ones stay different', () => {
    expect(refComponent('run-1.2')).toBe('run-1.2')
    for (const name of ['a/b', '..', 'x.lock', '-D', '=', 'ä', ''])
      expect(() => parseRefName(`refs/x/${refComponent(name)}`)).not.toThrow()
  })
})
