import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/all-commands.ts'
import { shells } from '../../src/completions/shells.ts'
import { exitCodes } from '../../src/index.ts'
import { cli } from '../cli.ts'

const isThere = (program: string) => spawnSync(program, ['--version']).error === undefined

const script = async (shell: string) => (await cli('.', ['completions', shell])).out

/** What bash offers for a line that ends where the cursor is. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = `COMP_WORDS=(ws ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`
  const text = `${await script('bash')}\n${line}; _ws; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['--norc', '-c', text], { encoding: 'utf8' }).trim().split('\n')
}

describe('completions', () => {
  test.each(Object.keys(shells))('name every command and every option in %s', async (shell) => {
    const text = await script(shell)
    for (const { name, options } of commands) {
      for (const word of name.split(' ')) expect(text).toContain(word)
      for (const option of Object.keys(options)) expect(text).toContain(option)
    }
  })

  test.runIf(isThere('bash'))('offer commands, words of groups, options and files in bash', async () => {
    expect(await offered('re')).toEqual(['resume', 'report', 'retry', 'release', 'rescue', 'restore'])
    expect(await offered('merge', 'a')).toEqual(['add', 'approve'])
    expect(await offered('merge', 'add', '--p')).toEqual(['--priority'])
    expect(await offered('run', '--d')).toEqual(['--dry-run'])
    expect(await offered('run', 'package.js')).toEqual(['package.json'])
  })

  test.for([
    ['zsh', ['zsh', '-n']],
    ['fish', ['fish', '--no-execute']],
  ] as const)(
    'are read without a mistake by %s, where that is installed',
    async ([shell, [program, flag]], { skip }) => {
      skip(!isThere(program), `${program} is not installed`)
      const read = spawnSync(program, [flag, '/dev/stdin'], { input: await script(shell), encoding: 'utf8' })
      expect(read.stderr).toBe('')
      expect(read.status).toBe(0)
    },
  )

  test('an unknown shell is refused with the nearest one', async () => {
    expect(await cli('.', ['completions', 'fihs'])).toMatchObject({
      code: exitCodes.usage,
      err: 'ws: there is no completion for "fihs"\n  did you mean fish?\n',
    })
  })
})
