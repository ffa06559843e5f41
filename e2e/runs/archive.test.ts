import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { type Ended, startWs, ws } from './ws.ts'

const planOf = (name: string, run: string): string => {
  const plan: PlanInput & { readonly runId: string } = {
    ...{ version: 1, runId: `run-${name}`, name },
    workstreams: [{ id: name, claims: [`${name}/**`], tasks: [{ id: `make-${name}`, run }] }],
  }
  return JSON.stringify(plan)
}

const lineOf = ({ out }: Ended): unknown => JSON.parse(out)

/** How many parts of the log lie beside it. */
const movedParts = ({ path }: TempRepository): number => {
  const folder = join(path, '.git', 'ws', 'journal.db.archive')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')).length : 0
}

test('an archive that ended before the log was moved is ended by the next one, and everything is still read', () =>
  withTempRepository(async (repository) => {
    const go = join(repository.folder, 'go')
    repository.commit('plans', {
      'done.json': planOf('done', 'mkdir done && echo 1 > done/one'),
      'going.json': planOf('going', `until test -e ${go}; do sleep 0.05; done`),
    })
    expect(await ws(repository, 'run', 'done.json')).toMatchObject({ code: 0 })
    const before = await ws(repository, 'report', 'run-done')
    const going = startWs(repository, ['run', 'going.json'])
    try {
      await going.says('Task "make-going" started')
      // As after a kill in between: the run is archived, and the log is where it was.
      const archived = await ws(repository, 'archive', 'run-done', '--json')
      expect(lineOf(archived)).toMatchObject({ runs: [{ runId: 'run-done' }], isMoved: false })
      expect(movedParts(repository)).toBe(0)
    } finally {
      going.signal('SIGKILL')
      await going.ended
    }
    const again = await ws(repository, 'archive', '--json')
    expect(lineOf(again)).toMatchObject({ runs: [], isMoved: true })
    expect(movedParts(repository)).toBe(1)
    expect(await ws(repository, 'report', 'run-done')).toEqual(before)
    expect((await ws(repository, 'list', '--archived')).out).toContain('run-done')
    // What went on meanwhile goes on from the log that is left.
    writeFileSync(go, '')
    expect(await ws(repository, 'resume', 'run-going')).toMatchObject({ code: 0 })
  }))
