import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '@ws/cli'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { processesIn } from './processes-in.ts'
import { withScripted } from './scripted.ts'
import { resultOf, startWs, ws } from './ws.ts'

/** What a story leaves: everything landed once, and nothing is left over. */
function expectCalm(repository: TempRepository, files: readonly string[]): void {
  for (const file of files) expect(repository.git('ls-tree', '-r', '--name-only', 'main')).toContain(file)
  const subjects = repository.git('log', '--first-parent', '--format=%s', 'main').split('\n')
  expect(new Set(subjects).size).toBe(subjects.length)
  expect(repository.git('status', '--porcelain')).toBe('')
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
  expect(processesIn(repository.folder)).toEqual([])
}

test.skipIf(process.platform !== 'linux')(
  'stopped for longer than every time limit and continued, it goes on, and what had ended is not done again',
  () =>
    withTempRepository(async (repository) => {
      const trace = join(repository.folder, 'trace')
      const plan: PlanInput = {
        workstreams: [
          {
            id: 'api',
            claims: ['api/**'],
            tasks: [
              { id: 'first', run: `echo first >> ${trace}; mkdir -p api; echo 1 > api/one` },
              {
                id: 'second',
                needs: ['first'],
                timeoutMs: 1_500,
                run: `echo second >> ${trace}; sleep 0.3; echo 2 > api/two`,
              },
            ],
          },
        ],
      }
      repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
      const going = startWs(repository, ['run', 'plan.json', '--json'])
      await going.says('"taskId":"second"')
      going.signal('SIGSTOP')
      execFileSync('sleep', ['3'])
      going.signal('SIGCONT')
      const ended = await going.ended
      expect(ended.code, ended.err).toBe(0)
      expect(readFileSync(trace, 'utf8').match(/^first$/gm)).toHaveLength(1)
      expectCalm(repository, ['api/one', 'api/two'])
    }),
)

test.skipIf(process.platform !== 'linux')(
  'stopped and then killed, the next one goes on from what was recorded',
  () =>
    withTempRepository(async (repository) => {
      const go = join(repository.folder, 'go')
      const plan: PlanInput = {
        workstreams: [
          {
            id: 'api',
            claims: ['api/**'],
            tasks: [
              { id: 'a', run: `mkdir -p api; until test -e ${go}; do sleep 0.05; done; echo 1 > api/one` },
            ],
          },
        ],
      }
      repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
      const going = startWs(repository, ['run', 'plan.json'])
      await going.says('Task "a" started')
      going.signal('SIGSTOP')
      // Who is stopped still leads: nobody takes over from the living.
      const refused = await ws(repository, 'resume', '--json')
      going.signal('SIGKILL')
      await going.ended
      expect(refused.code, refused.err).not.toBe(0)
      execFileSync('touch', [go])
      const resumed = await ws(repository, 'resume', '--json')
      expect(resumed.code, resumed.err).toBe(0)
      expect(resultOf(resumed).workstreams[0]?.tasks[0]?.attempts).toBe(2)
      expectCalm(repository, ['api/one'])
    }),
)

test.skipIf(process.platform !== 'linux')(
  'a tool that is killed in the middle is started again, and its half is not taken for the whole',
  () =>
    withTempRepository(async (repository) => {
      const tools = await withScripted(repository, {
        tools: ['aider'],
        script: [
          [{ write: 'api/half', content: 'half\n' }, { wait: 'go' }, { write: 'api/one', content: '1\n' }],
        ],
      })
      try {
        const plan: PlanInput = {
          workstreams: [
            {
              id: 'api',
              claims: ['api/**'],
              tasks: [
                { id: 'a', tool: 'aider', prompt: 'Go.', outputs: ['api/one'], backoff: { base: '1ms' } },
              ],
            },
          ],
        }
        repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
        // By where it runs: other stories have tools, too.
        const toolsHere = () =>
          processesIn(`${repository.path}.ws`)
            .filter((each) => each.includes('--once'))
            .map((each) => Number.parseInt(each, 10))
        const going = startWs(repository, ['run', 'plan.json', '--json'])
        const [pid] = await untilThere(toolsHere)
        await untilThere(() => (slotFiles(repository).includes('half') ? [1] : []))
        process.kill(pid ?? 0, 'SIGKILL')
        await going.says('"task.retried"')
        await tools.release('go')
        const ended = await going.ended
        expect(ended.code, ended.err).toBe(exitCodes.completed)
        expect(resultOf(ended).workstreams[0]?.tasks[0]?.attempts).toBe(2)
        expectCalm(repository, ['api/one'])
      } finally {
        await tools.close()
      }
    }),
)

function slotFiles({ path }: TempRepository): readonly string[] {
  try {
    return readdirSync(`${path}.ws`, { recursive: true, encoding: 'utf8' }).map(
      (each) => each.split('/').at(-1) ?? '',
    )
  } catch {
    return []
  }
}

async function untilThere(look: () => readonly number[]): Promise<readonly number[]> {
  for (;;) {
    const found = look()
    if (found.length > 0) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}
