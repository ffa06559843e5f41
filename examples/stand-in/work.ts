// What the stand-in does for each kind of prompt that the examples send: a few lines of text work, no model.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Does what a prompt asks in a directory; resolves to what a tool would say. `turn` counts the conversation's. */
export function work(prompt: string, cwd: string, turn: number): string {
  const file = /\b([\w-]+(?:\.test)?\.m?js)\b/.exec(prompt)?.[1] ?? ''
  const path = join(cwd, file)
  if (prompt.startsWith('Refactor')) return refactor(path)
  if (prompt.startsWith('Review')) return review(path)
  if (prompt.startsWith('Write tests') || prompt.startsWith('The tests fail')) return writeTests(path, turn)
  return turn === 1 ? `you said: ${prompt}` : `you said, after ${turn - 1} others: ${prompt}`
}

function refactor(path: string): string {
  const before = readFileSync(path, 'utf8')
  const after = before.replaceAll(/\bvar\b/g, 'const')
  writeFileSync(path, after)
  return `${before.split(/\bvar\b/).length - 1} declarations of ${basename(path)} are constants now`
}

function review(path: string): string {
  const findings = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      if (/\beval\(/.test(line)) return [`line ${at + 1}: eval runs whatever it is given`]
      if (/[^=!]==[^=]/.test(line)) return [`line ${at + 1}: == compares after conversion`]
      return []
    })
  return findings.length === 0 ? 'nothing to say' : findings.join('\n')
}

/** Its first try expects the wrong thing, as first tries do. */
function writeTests(path: string, turn: number): string {
  const name = basename(path, '.mjs')
  const expected = turn === 1 ? 'undefined' : JSON.stringify(name)
  writeFileSync(
    path.replace(/\.mjs$/, '.test.mjs'),
    `import assert from 'node:assert'\nimport { test } from 'node:test'\nimport { name } from './${name}.mjs'\n\ntest('${name} knows its name', () => assert.equal(name, ${expected}))\n`,
  )
  return `one test for ${basename(path)}`
}
