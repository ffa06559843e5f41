import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOME } from '../../scripts/gate/tool.ts'

let memory = ''

beforeAll(() => {
  memory = realpathSync(mkdtempSync(join(tmpdir(), 'ws-memory-')))
})
afterAll(() => rmSync(memory, { recursive: true, force: true }))

/** Where a gate would put its temporary files, with `memory` for the machine's memory. */
function place(where: string, enoughBytes: number, env: NodeJS.ProcessEnv = {}): string {
  const { TMPDIR: _, ...rest } = process.env
  const program = `
    import { tmpdir } from 'node:os'
    import { keepTemporaryFilesInMemory } from ${JSON.stringify(pathToFileURL(join(HOME, 'scripts/gate/fast-temp.ts')).href)}
    keepTemporaryFilesInMemory(${JSON.stringify(where)}, ${enoughBytes})
    console.log(tmpdir())`
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', program]
  return execFileSync(process.execPath, args, { env: { ...rest, ...env }, encoding: 'utf8' }).trim()
}

describe.skipIf(process.platform === 'win32')('temporary files of a gate', () => {
  it('lie in memory, and are gone when it has ended', () => {
    const folder = place(memory, 1)
    expect(dirname(folder)).toBe(memory)
    expect(existsSync(folder)).toBe(false)
  })

  it('stay where they are when there is no such place, or too little room', () => {
    const usual = place(join(memory, 'none'), 1)
    expect(usual).not.toContain(memory)
    expect(place(memory, Infinity)).toBe(usual)
  })

  it('stay where somebody wants them', () => {
    expect(place(memory, 1, { TMPDIR: '/elsewhere' })).toBe('/elsewhere')
  })
})
