import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator } from '../../src/index.ts'

/** Lands what only passes in the environment of this one. */
const passesFor = (who: string): PlanInput => ({
  checks: { mine: { run: `test "$WHO" = ${who} && test "$(cat ${who}/who)" = ${who}` } },
  workstreams: [
    {
      id: who,
      claims: [`${who}/**`],
      checks: ['mine'],
      tasks: [{ id: 't', run: `mkdir -p ${who} && printf %s "$WHO" > ${who}/who` }],
    },
  ],
})

/** Members of one repository, each with an environment of its own. */
async function together(
  names: readonly string[],
  tell: (members: readonly Orchestrator[], repository: TempRepository) => Promise<void>,
): Promise<void> {
  await withTempRepository(async (repository) => {
    const members: Orchestrator[] = []
    try {
      for (const who of names) {
        const env = { ...process.env, WHO: who }
        members.push(await createOrchestrator({ repo: repository.path, listen: true, env }))
      }
      await tell(members, repository)
    } finally {
      for (const ws of members.toReversed()) await ws.close()
    }
  })
}

test('what a leader and its guests land is checked in the environment of each', () =>
  together(['anna', 'bert', 'carl'], async (members, repository) => {
    const [anna, ...guests] = members
    expect([anna?.isLeader, ...guests.map(({ isLeader }) => isLeader)]).toEqual([true, false, false])
    const names = ['anna', 'bert', 'carl']
    const runs = await Promise.all(members.map((ws, at) => ws.run(passesFor(names[at] ?? ''))))
    const results = await Promise.all(runs.map(({ result }) => result))
    expect(results.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED'])
    for (const who of names) expect(repository.git('show', `refs/ws/landed/main:${who}/who`)).toBe(who)
  }))

test('a check of a guest is not run in the environment of its leader, which would pass it', () =>
  together(['anna', 'bert'], async ([anna, bert], repository) => {
    const plan: PlanInput = {
      checks: { hers: { run: 'test "$WHO" = anna' } },
      workstreams: [{ id: 'w', claims: ['w'], checks: ['hers'], tasks: [{ id: 't', run: 'echo same > w' }] }],
    }
    const run = await bert?.run(plan)
    expect((await run?.result)?.workstreams[0]).toMatchObject({ status: 'FAILED', reason: 'rejected' })
    // Nor does what was found out for him hold for her, though what lands is the same.
    const again = await anna?.run(plan)
    expect((await again?.result)?.status).toBe('COMPLETED')
    expect(repository.git('show', 'refs/ws/landed/main:w')).toBe('same')
  }))

test('who takes a run on goes on with its landing, whose check begins anew in the new environment', () =>
  together(['anna', 'bert'], async ([, bert], repository) => {
    const at = (name: string) => join(repository.folder, name)
    const slow = `touch ${at('begun')}-$WHO; until test -e ${at('go')}; do sleep 0.05; done; test "$WHO" = carl`
    const run = await bert?.run({
      checks: { slow: { run: slow } },
      workstreams: [{ id: 'w', claims: ['w'], checks: ['slow'], tasks: [{ id: 't', run: 'echo 1 > w' }] }],
    })
    const id = run?.id ?? ''
    while (!existsSync(at('begun-bert'))) await new Promise(setImmediate)
    await bert?.close()
    const env = { ...process.env, WHO: 'carl' }
    const carl = await createOrchestrator({ repo: repository.path, listen: true, env, takesOn: () => [id] })
    try {
      await carl.handle(id).resume()
      while (!existsSync(at('begun-carl'))) await new Promise(setImmediate)
      writeFileSync(at('go'), '')
      expect((await carl.handle(id).result).status).toBe('COMPLETED')
    } finally {
      await carl.close()
    }
  }))
