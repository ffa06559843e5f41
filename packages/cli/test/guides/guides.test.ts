import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A program called `ws` that runs the sources, in a folder for the PATH. */
function shim({ folder }: TempRepository): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const flags = '--conditions=@ws/source --disable-warning=ExperimentalWarning'
  writeFileSync(join(bin, 'ws'), `#!/bin/sh\nexec '${process.execPath}' ${flags} '${main}' "$@"\n`)
  chmodSync(join(bin, 'ws'), 0o755)
  return bin
}

/** What a guide has one do: a file to write, or a line to type and the exit code that it says. */
type Step =
  { readonly file: string; readonly text: string } | { readonly line: string; readonly ends: number }

function stepsOf(guide: string): readonly Step[] {
  const text = readFileSync(join(docs, guide), 'utf8')
  return [...text.matchAll(/^```(sh|yaml)\n(.*?)^```$/gms)].flatMap(
    ([, kind, block = '']): readonly Step[] => {
      if (kind === 'yaml') return [{ file: /^# (\S+)\n/.exec(block)?.[1] ?? '', text: block }]
      return block
        .trimEnd()
        .split('\n')
        .map((line) => ({ line, ends: Number(/# exits with (\d+)$/.exec(line)?.[1] ?? 0) }))
    },
  )
}

const guides = [
  'getting-started.md',
  'landing.md',
  'recovery.md',
  'what-can-it-delete.md',
  'tools.md',
  'budgets.md',
]

describe('a guide is right, word for word', () => {
  test.each(guides)('docs/%s', (guide) =>
    withTempRepository((repository) => {
      const env = {
        ...process.env,
        HOME: repository.folder,
        PATH: `${shim(repository)}${delimiter}${process.env['PATH']}`,
      }
      const steps = stepsOf(guide)
      expect(steps.length).toBeGreaterThan(2)
      for (const step of steps) {
        if ('file' in step) {
          repository.commit(step.file, { [step.file]: step.text })
          continue
        }
        const { line, ends } = step
        const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
          cwd: repository.path,
          env,
          encoding: 'utf8',
        })
        expect({ line, status, said: status === ends ? '' : stdout + stderr }).toEqual({
          line,
          status: ends,
          said: '',
        })
      }
    }),
  )
})

test('links between the guides lead somewhere', () => {
  for (const guide of [...guides, 'troubleshooting.md', 'best-practices.md', 'embedding.md', 'testing.md']) {
    const text = readFileSync(join(docs, guide), 'utf8')
    for (const target of linksIn(text)) expect(existsSync(join(docs, target)), target).toBe(true)
  }
  const index = readFileSync(join(docs, '../llms.txt'), 'utf8')
  for (const target of linksIn(index)) expect(existsSync(join(docs, '..', target)), target).toBe(true)
})

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
}
