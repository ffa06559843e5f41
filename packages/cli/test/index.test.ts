import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { withTempDir } from '@ws/testing'
import { expect, test } from 'vitest'

const program = `
const look = () => ({
  listeners: process.eventNames().map(String).sort(),
  handles: process.getActiveResourcesInfo().filter((name) => !name.startsWith('FS') && name !== 'CloseReq').sort(),
  environment: Object.keys(process.env).sort(),
})
// Node opens them when they are first looked at, which whoever asks for colours does.
process.stdout.fd; process.stderr.fd
const before = look()
const { runCli } = await import(${JSON.stringify(import.meta.resolve('../src/index.ts'))})
console.log(JSON.stringify({ before, after: look(), isThere: typeof runCli }))
`

test('importing it, and with it everything that it drives, does nothing', () =>
  withTempDir((cwd) => {
    const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', '--input-type=module']
    const said = execFileSync(process.execPath, [...flags, '--eval', program], { cwd, encoding: 'utf8' })
    const { before, after, isThere } = JSON.parse(said)
    expect(isThere).toBe('function')
    expect(after).toEqual(before)
    expect(readdirSync(cwd)).toEqual([])
  }))
