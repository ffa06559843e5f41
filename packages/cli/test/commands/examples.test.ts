import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/all-commands.ts'
import { type DemoRepository, makeDemoRepository } from '../../src/demo/demo-repository.ts'
import { type ExitCode, exitCodes } from '../../src/exit-codes.ts'
import { cli, lastJson, type Said } from '../cli.ts'

let repository: DemoRepository

/** Gives a line as a person would type it. */
const type = (line: string): Promise<Said> => cli(repository.path, line.split(' ').slice(1), { columns: 60 })

/** A branch with a file of its own, beside the checkout. */
async function branch(name: string, content: string): Promise<void> {
  const { git } = repository
  const blob = await git.text(['hash-object', '-w', '--stdin'], { stdin: content })
  const tree = `${await git.text(['ls-tree', 'main'])}\n100644 blob ${blob}\t${name}-${content}\n`
  const made = await git.text(['mktree'], { stdin: tree })
  const commit = await git.text(['commit-tree', made, '-p', 'main', '-m', name])
  await git.run(['branch', '--force', name, commit])
}

beforeAll(async () => {
  repository = await makeDemoRepository({ PATH: process.env['PATH'], HOME: '/nowhere' })
  const run = await cli(repository.path, ['run', 'plan.yaml'])
  expect(run.out).toContain('3 of 4 workstreams completed')
}, 60_000)

afterAll(() => {
  repository.remove()
  rmSync(`${repository.folder}/shop.queue`, { recursive: true, force: true })
})

/** Commands in an order in which each example means something; what is to be there before, and how it ends. */
const story: readonly (readonly [name: string, ends: ExitCode, before?: () => Promise<unknown>])[] = [
  ['status', 0],
  ['list', 0],
  ['why', 0],
  ['logs', 0],
  ['report', 0],
  ['health', 0],
  ['tools', 0],
  ['rescue list', 0],
  ['rescue show', 0],
  ['rescue restore', 0],
  ['worktrees list', 0],
  ['config', 0],
  ['schema', 0],
  ['compile', 0],
  ['backup', 0],
  ['restore', 0],
  ['sync', 0],
  ['merge simulate', 0],
  ['merge list', 0],
  ['merge add', 0, () => branch('topic', 'one')],
  ['merge pause', 0],
  ['merge jump', 0, () => branch('topic', 'two').then(() => type('ws merge add topic --later'))],
  ['merge remove', 0],
  ['merge resume', 0],
  ['merge retry', 0],
  ['merge revert', 0],
  ['merge freeze', 0],
  ['merge thaw', 0],
  ['attach', 1],
  ['cancel', 1],
  ['resume', 1],
  ['retry', 1],
  ['worktrees prune', 0],
  ['worktrees remove', 0],
  ['gc', 0],
  ['archive', 0],
]

/** Told elsewhere, since their examples need a repository of their own. */
const elsewhere = [
  'init',
  'demo',
  'run',
  'pause',
  'done',
  'release',
  'discard',
  'merge approve',
  'adopt',
  'completions',
  'new',
  'run-all',
]

describe('the example of each command', () => {
  test('is told here or in a story of its own', () => {
    const told = [...story.map(([name]) => name), ...elsewhere].toSorted()
    expect(commands.map(({ name }) => name).filter((name) => !told.includes(name))).toEqual([])
  })

  test.each(story.map(([name, ends, before]) => ({ name, ends, before })))(
    'ws $name does what its help says',
    async ({ name, ends, before }) => {
      await before?.()
      const command = commands.find((each) => each.name === name)
      const line = command?.example.line ?? ''
      expect(line).toMatch(new RegExp(`^ws ${name}( |$)`))
      const said = await type(line)
      expect(said.code, said.err + said.out).toBe(ends)
      expect(said.out + said.err).not.toBe('')
    },
  )
})

describe('with --json', () => {
  const readers = [
    'status',
    'list',
    'health',
    'tools',
    'rescue list',
    'worktrees list',
    'config',
    'sync',
    'gc',
    'merge list',
    'logs',
    'report',
    'worktrees prune',
    'merge pause',
    'merge resume',
    'merge freeze',
    'merge thaw',
    'merge simulate',
    'archive',
  ]
  const withName: Readonly<Record<string, string>> = {
    why: 'guide',
    'rescue show': 'cleanup',
    compile: 'plan.yaml',
  }

  test.each([...readers, ...Object.keys(withName)])(
    'ws %s writes one line that fits its schema',
    async (name) => {
      const command = commands.find((each) => each.name === name)
      const said = await type(
        ['ws', name, withName[name], '--json'].filter((word) => word !== undefined).join(' '),
      )
      expect(said.code, said.err).toBe(exitCodes.completed)
      expect(said.out.trimEnd().split('\n')).toHaveLength(1)
      expect(command?.answers?.safeParse(lastJson(said)).error).toBeUndefined()
      expect(lastJson(said)).toMatchObject({ version: 1 })
    },
  )
})
