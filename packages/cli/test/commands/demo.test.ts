import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import * as z from 'zod'
import { demoCommand } from '../../src/commands/demo.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const demoFolders = () => new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('ws-demo-')))
const before = demoFolders()

afterEach(() => {
  expect([...demoFolders()].filter((name) => !before.has(name))).toEqual([])
})

test('the demo shows what it promises, leaves nothing behind, and tells it to programs', async () => {
  const demo = await cli('/', ['demo', '--json'])
  expect(demo.code, demo.err).toBe(exitCodes.completed)
  const answer = lastJson(demo)
  expect(demoCommand.answers?.safeParse(answer).error).toBeUndefined()
  expect(answer).toMatchObject({
    isAsExpected: true,
    predicted: [{ a: 'guide', b: 'prices', path: 'README.md' }],
    waited: [{ workstream: 'guide', holder: 'prices', path: 'README.md' }],
    quarantined: ['cleanup'],
  })
  expect(
    z
      .looseObject({ landed: z.array(z.string()) })
      .parse(answer)
      .landed.toSorted(),
  ).toEqual(['guide', 'prices', 'texts'])
})

test('a person reads who waited for whom, and can keep the repository with its history', async () => {
  const demo = await cli('/', ['demo', '--keep'], { columns: 60 })
  const path = /^The repository: (.*)$/m.exec(demo.out)?.[1] ?? ''
  try {
    expect(demo.code, demo.err).toBe(exitCodes.completed)
    expect(demo.out).toContain('Workstream "guide" waits for workstream "prices", which holds README.md.')
    expect(demo.out).toMatch(/re-ordered\s+before anything started: guide and prices both\s+claim README.md/)
    expect(demo.out).toMatch(/3 of 4 workstreams completed/)
    const log = execFileSync('git', ['-C', path, 'log', '--first-parent', '--format=%s', 'main'])
    const subjects = log.toString().trim().split('\n')
    expect(subjects.at(0)).toBe('guide')
    expect(subjects.slice(1, 3).toSorted()).toEqual(['prices', 'texts'])
    expect(subjects.at(-1)).toBe('a small shop')
    expect(execFileSync('git', ['-C', path, 'status', '--porcelain']).toString()).toBe('')
    expect(existsSync(join(path, '.ws', 'runs'))).toBe(true)
  } finally {
    if (path !== '') rmSync(dirname(path), { recursive: true, force: true })
  }
})
