import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A repository to try a bot on: a shop with three branches, of which one breaks its test. */
export function makeRepository() {
  const folder = mkdtempSync(join(tmpdir(), 'ws-landing-bot-'))
  const path = join(folder, 'shop')
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=You', '-c', 'user.email=you@localhost', ...args], {
      encoding: 'utf8',
    })
  const commit = (message: string, files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
    git('add', '--all')
    git('commit', '--quiet', '--message', message)
  }

  execFileSync('git', ['init', '--quiet', '--initial-branch=main', path])
  commit('a shop', {
    'package.json': '{ "type": "module" }\n',
    'price.js': 'export const price = 3\n',
    'price.test.js':
      "import { test } from 'node:test'\nimport { price } from './price.js'\n" +
      "test('it costs something', () => { if (!(price > 0)) throw new Error(`price is ${price}`) })\n",
  })
  const branches = {
    prices: { 'price.js': 'export const price = 4\n' },
    texts: { 'texts.md': 'Welcome\n' },
    broken: { 'broken.test.js': "throw new Error('not yet')\n" },
  }
  for (const [name, files] of Object.entries(branches)) {
    git('switch', '--quiet', '--create', name, 'main')
    commit(name, files)
  }
  git('switch', '--quiet', 'main')
  return { path, git, remove: () => rmSync(folder, { recursive: true }) }
}
