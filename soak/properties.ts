import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { trackedFiles } from '../scripts/gate/tracked-files.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// `npm test` draws the same values for its properties each time. Here each seed draws others, for all of them.

export const covers = ['packages', 'test']

const root = join(import.meta.dirname, '..')

export function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const files = testsWithProperties()
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    const message = failureWith(seed + done, files)
    if (message !== undefined) failures.push({ seed: seed + done, message })
    done += 1
  }
  return Promise.resolve({ done, nextSeed: seed + done, failures, found: `${files.length} files` })
}

function failureWith(seed: number, files: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync('vitest', ['run', '--reporter=dot', ...files], {
    cwd: root,
    env: { ...process.env, WS_SEED: String(seed) },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return undefined
  const output = `${stdout}${stderr}`
  // What failed stands behind the dots.
  return output.slice(Math.max(0, output.indexOf(' FAIL '))).slice(0, 4000)
}

const testsWithProperties = (): string[] =>
  trackedFiles(root)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes("from 'fast-check'"))
