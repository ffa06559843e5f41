// npm run soak -- <name> [--count N] [--seed S] [--minutes M] [--repo <clone>]
// Runs soak/<name>.ts for a bounded time, prints a JSON summary as its last line, and writes its row into docs/proofs.md.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { recordProof } from './proofs.ts'
import type { SoakModule } from './soak/soak-part.ts'

// A part that takes longer than this is lost too often: by a closed laptop, or a CI job's own limit.
const LONGEST_MINUTES = 60

const root = join(import.meta.dirname, '..')
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    repo: { type: 'string' },
  },
})

try {
  await soak(positionals[0])
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function soak(name: string | undefined) {
  const file = join(root, 'soak', `${name}.ts`)
  if (name === undefined || !existsSync(file))
    throw new Error(`no soak "${name ?? ''}"; there are: ${names().join(', ') || 'none yet'}`)
  const count = wholeNumber('count', values.count, Number.MAX_SAFE_INTEGER)
  const seed = wholeNumber('seed', values.seed, Number.MAX_SAFE_INTEGER)
  const minutes = wholeNumber('minutes', values.minutes, LONGEST_MINUTES)

  const module: SoakModule = await import(pathToFileURL(file).href)
  const started = Date.now()
  const deadline = started + minutes * 60_000
  const repo = values.repo === undefined ? undefined : resolve(values.repo)
  const part = { seed, count, deadline, ...(repo === undefined ? {} : { repo }) }
  const { done, nextSeed, failures, found } = await module.run(part)
  const seconds = Math.round((Date.now() - started) / 1000)

  for (const failure of failures) console.error(`seed ${failure.seed}: ${failure.message}`)
  if (done < count)
    console.error(`stopped after ${minutes} minutes; go on with --seed ${nextSeed} --count ${count - done}`)
  const result =
    failures.length === 0 ? 'passed' : `${failures.length} failed, first at seed ${failures[0]?.seed}`
  recordProof(root, {
    what: repo === undefined ? `soak ${name}` : `soak ${name} --repo`,
    count: String(done),
    seed: String(seed),
    versions: `node ${process.versions.node}`,
    result: `${result} in ${seconds} s${found === undefined ? '' : `: ${found}`}`,
    covers: module.covers,
  })
  console.log(JSON.stringify({ name, seed, count, done, nextSeed, seconds, failures }))
  if (failures.length > 0) process.exitCode = 1
}

function names(): readonly string[] {
  const folder = join(root, 'soak')
  const files = existsSync(folder) ? readdirSync(folder) : []
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, ''))
}

function wholeNumber(name: string, text: string, largest: number): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1 && number <= largest) return number
  throw new Error(`--${name} "${text}": expected a whole number from 1 to ${largest}`)
}
