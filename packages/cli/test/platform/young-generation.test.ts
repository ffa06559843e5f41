import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/index.ts'
import { flagsToBeginWith, lastingCommands, youngGeneration } from '../../src/platform/young-generation.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Says of each start of Node which process it is, and its flags. */
const tells =
  '--import=data:text/javascript,console.error(`begun:${process.pid}:${process.execArgv.filter((each)=>/semi/.test(each)).join()}`)'

function ws(args: readonly string[], nodeOptions = '') {
  const program = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', main]
  const said = spawnSync(process.execPath, [...program, ...args], {
    env: { ...process.env, NODE_OPTIONS: `${tells} ${nodeOptions}` },
    encoding: 'utf8',
  })
  const begun = [...said.stderr.matchAll(/^begun:(\d+):(.*)$/gm)].map(([, pid, flags]) => ({ pid, flags }))
  return { code: said.status, out: said.stdout, err: said.stderr, begun }
}

test.skipIf(process.platform === 'win32')(
  'a command that lasts begins again in its own place with a small young generation, once, with all that it was given',
  () => {
    const { code, err, begun } = ws(['run', '--max-concurrent', 'a b'])
    expect(code, err).toBe(exitCodes.usage)
    expect(begun).toEqual([
      { pid: begun[0]?.pid, flags: '' },
      { pid: begun[0]?.pid, flags: '--max-semi-space-size=2' },
    ])
    expect(err).not.toContain('Warning')
  },
)

test('a command that ends soon begins once, and so does one whose young generation somebody has chosen', () => {
  expect(ws(['--version']).begun).toHaveLength(1)
  expect(ws(['run'], '--max-semi-space-size=16').begun).toHaveLength(1)
})

test('what is detached has the flag from the start, unless somebody has chosen', () => {
  expect(youngGeneration({ execArgv: ['--conditions=x'], env: {} })).toEqual(['--max-semi-space-size=2'])
  for (const chosen of ['--max-semi-space-size=16', '--max_semi_space_size=16', '--min-semi-space-size=4']) {
    expect(youngGeneration({ execArgv: [chosen], env: {} })).toEqual([])
    expect(youngGeneration({ execArgv: [], env: { NODE_OPTIONS: `--no-warnings ${chosen}` } })).toEqual([])
  }
})

test('the commands that last are commands of ws', () => {
  const names = commands.map(({ name }) => name)
  expect(lastingCommands.filter((name) => !names.includes(name))).toEqual([])
  const flags = (...args: readonly string[]) => flagsToBeginWith({ args, execArgv: [], env: {} })
  expect(flags('merge', 'approve', 'api')).toHaveLength(1)
  expect(flags('merge', 'list')).toEqual([])
  expect(flags()).toEqual([])
})
