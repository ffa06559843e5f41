import { execFileSync } from 'node:child_process'
import { parseObjectId, type ObjectId } from '@ws/git'
import type { TempRepository } from '@ws/testing'
import { testEnvironment } from './opened.ts'

/** Commits that a test wants, the first one on `from`. */
interface WantedCommits {
  /** The branch that they make; without one nothing points to them. */
  readonly branch?: string
  readonly from: string
  readonly commits: readonly {
    readonly message: string
    /** `null` deletes one. */
    readonly files: Readonly<Record<string, string | null>>
  }[]
}

/** Makes commits in one process and without touching any checkout; returns the last one. */
export function makeCommits({ path }: TempRepository, { branch, from, commits }: WantedCommits): ObjectId {
  const ref = branch === undefined ? 'refs/test/made' : `refs/heads/${branch}`
  const parts = commits.map(({ message, files }, i) => {
    const changes = Object.entries(files).map(([file, text]) =>
      text === null ? `D ${file}\n` : `M 100644 inline ${file}\n${data(text)}`,
    )
    const by = 'Test <test@localhost> 1700000000 +0000'
    const parent = i === 0 ? `from ${from}^0\n` : ''
    return `commit ${ref}\nmark :${i + 1}\nauthor ${by}\ncommitter ${by}\n${data(`${message}\n`)}${parent}${changes.join('')}\n`
  })
  const forget = branch === undefined ? `reset ${ref}\nfrom ${'0'.repeat(40)}\n\n` : ''
  const last = execFileSync('git', ['-C', path, 'fast-import', '--quiet'], {
    input: `${parts.join('')}get-mark :${commits.length}\n${forget}`,
    env: testEnvironment(),
    encoding: 'utf8',
  })
  return parseObjectId(last.trim())
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
