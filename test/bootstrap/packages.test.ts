import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { satisfies } from '../../scripts/bootstrap/engines.cjs'
import { NODE_PACKAGES, nodePackage, PNPM_PACKAGE } from '../../scripts/bootstrap/packages.cjs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('the table of programs', () => {
  it.each(Object.entries(NODE_PACKAGES))(
    'has a Node for %s that engines allows, pinned by hash',
    (_, tool) => {
      expect(satisfies(manifest.engines.node, tool.version)).toBe(true)
      expect(tool.integrity).toMatch(/^sha512-.{86}==$/)
    },
  )

  it('has the pnpm that package.json names', () => {
    expect(manifest.packageManager).toBe(`pnpm@${PNPM_PACKAGE.version}`)
  })

  it('names the command that installs Node where no package is published', () => {
    expect(() => nodePackage('freebsd', 'x64', '>=26')).toThrowErrorMatchingInlineSnapshot(`
      [Error: no Node package is published for freebsd-x64; install a Node that meets ">=26" yourself and try again:
        pkg install node24]
    `)
    expect(() => nodePackage('sunos', 'x64', '>=26')).toThrow('https://nodejs.org')
  })
})
