import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
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

/** How other shells are asked what they offer at the end of a line, one a line. */
const others: Readonly<
  Record<string, { program: string; args: (script: string, line: string) => readonly string[] }>
> = {
  zsh: {
    program: 'zsh',
    // Without a terminal zsh completes nothing: what it asks is answered as its own functions would.
    args: (text, line) => [
      '-f',
      '-c',
      `compdef() { :; }
_describe() { for each in "\${(@P)2}"; do each="\${each%%:*}"; [[ "$each" == "\${words[CURRENT]}"* ]] && print -r -- "$each"; done; true }
_files() { print -r -- *(N) }
${text}
words=(${line}); CURRENT=\${#words}; _ws`,
    ],
  },
  fish: {
    program: 'fish',
    args: (text, line) => [
      '--no-config',
      '-c',
      `${text}\ncomplete -C '${line}' | string replace -r '\\t.*' ''`,
    ],
  },
  powershell: {
    program: 'pwsh',
    args: (text, line) => [
      '-NoProfile',
      '-Command',
      `${text}\n(TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`,
    ],
  },
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
    expect(await offered('run', '--dr')).toEqual(['--dry-run'])
    expect(await offered('run', 'package.js')).toEqual(['package.json'])
  })

  test.runIf(isThere('bash'))('in zsh do the same, as far as bash can read them', async () => {
    // The parts of zsh that the script asks, for a shell that counts its lists from 0.
    const stand = `compdef() { :; }
_describe() { eval "for each in \\"\\\${$2[@]}\\"; do echo \\"\\\${each%%:*}\\"; done"; }
_files() { echo FILES; }`
    const offered = async (...words: readonly string[]) => {
      const line = `words=('' ws ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _ws`
      const text = `${stand}\n${await script('zsh')}\n${line}`
      return execFileSync('bash', ['--norc', '-c', text], { encoding: 'utf8' }).trim().split('\n')
    }
    expect(await offered('re')).toEqual(expect.arrayContaining(['resume', 'merge', 'health']))
    expect(await offered('merge', 'a')).toEqual(expect.arrayContaining(['add', 'approve']))
    expect(await offered('merge', 'add', '--p')).toEqual(expect.arrayContaining(['--priority', '--help']))
    expect(await offered('completions', '-')).toEqual(['--help', '--no-color'])
    expect(await offered('run', 'package.js')).toEqual(['FILES'])
  })

  test.for(Object.entries(others))('offer the same in %s itself', async ([shell, ask], { skip }) => {
    skip(!isThere(ask.program), `${ask.program} is not installed`)
    const offered = async (line: string) => {
      const [program, ...args] = [ask.program, ...ask.args(await script(shell), line)]
      return execFileSync(program, args, { encoding: 'utf8' }).trim().split(/\r?\n/)
    }
    expect(await offered('ws repo')).toEqual(['report'])
    expect(await offered('ws merge a')).toEqual(expect.arrayContaining(['add', 'approve']))
    expect(await offered('ws merge add --pr')).toEqual(['--priority'])
    expect(await offered('ws completions --h')).toEqual(['--help'])
  })

  test('offer something in zsh at once where its functions are found in a folder', async ({ skip }) => {
    skip(!isThere('zsh'), 'zsh is not installed')
    await withTempDir(async (folder) => {
      writeFileSync(join(folder, '_ws'), await script('zsh'))
      const text = `_describe() { print -rl -- "\${(@P)2}" }
fpath=('${folder}'); autoload -U _ws; words=(ws re); CURRENT=2; _ws`
      const offered = execFileSync('zsh', ['-f', '-c', text], { encoding: 'utf8' })
      expect(offered).toMatch(/^resume:/m)
    })
  })

  test('an unknown shell is refused with the nearest one', async () => {
    expect(await cli('.', ['completions', 'fihs'])).toMatchObject({
      code: exitCodes.usage,
      err: 'ws: there is no completion for "fihs"\n  did you mean fish?\n',
    })
  })
})
