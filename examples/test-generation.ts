// Writes a test for each file, runs it, and hands what failed back in the same conversation, twice at most:
// node test-generation.ts [--tool claude]
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { launchCluster } from '@ws/pool'
import { chosenTool } from './stand-in/chosen-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'ws-example-'))
const names = ['apple', 'pear', 'plum']
for (const name of names) writeFileSync(join(folder, `${name}.mjs`), `export const name = '${name}'\n`)

const cluster = await launchCluster(chosenTool(), { count: names.length, cwd: folder, permission: 'edit' })
const results = await Promise.all(names.map((name) => testsFor(name)))
for (const { name, rounds, failure } of results)
  console.log(
    `${name}: ${failure === undefined ? `passes after ${rounds} prompts` : `still fails: ${failure}`}`,
  )
await cluster.close()
rmSync(folder, { recursive: true })

async function testsFor(name: string) {
  const session = `tests of ${name}`
  const file = `${name}.test.mjs`
  let text = `Write tests for ${name}.mjs with node:test into ${file}. Change no other file.`
  for (let rounds = 1; ; rounds++) {
    await cluster.prompt(text, { session, timeoutMs: 300_000 })
    const failure = await run(file)
    if (failure === undefined || rounds === 3) return { name, rounds, failure }
    text = `The tests fail. They are about ${name}.mjs; mend ${file}:\n${failure}`
  }
}

/** What went wrong in a test file, if anything did. */
async function run(file: string): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, ['--test', join(folder, file)], { cwd: folder })
    return undefined
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
    return output.split('\n').find((line) => line.includes('Error')) ?? output.slice(-500)
  }
}
