import { describe, expect, it } from 'vitest'
import { sparseDirectories, sparsePatterns } from '../../src/slots/sparse.ts'

const directories = (...paths: string[]) => sparseDirectories(paths.map((path) => ({ path })))

describe('a sparse checkout by claims', () => {
  it('takes the part of each pattern before its first wildcard', () => {
    expect(directories('src/auth/**', 'docs/*.md')).toEqual(['docs', 'src/auth'])
    expect(directories('src/**', 'src/auth/**')).toEqual(['src'])
    expect(directories('packages/{a,b}/src/**')).toEqual(['packages'])
  })

  it('takes the directory of a path without wildcards, and the path in case it is one', () => {
    expect(directories('src/auth/login.ts')).toEqual(['src/auth'])
    expect(directories('README.md')).toEqual([])
  })

  it('leaves nothing out when a pattern reaches everywhere', () => {
    expect(directories('src/**', '**/*.md')).toBeNull()
    expect(directories('*')).toBeNull()
  })

  it('writes the patterns of git, with the files on the way', () => {
    expect(sparsePatterns(['src/a', 'x[1]'])).toBe('/*\n!/*/\n/src/\n!/src/*/\n/src/a/\n/x\\[1\\]/\n')
  })
})
