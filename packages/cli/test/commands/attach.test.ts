import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { attachCommand } from '../../src/commands/attach.ts'
import { runCommand } from '../../src/commands/run.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const program = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', main]

/** Gives a command in a process of its own, and waits until that has ended. */
function ws({ path, folder }: TempRepository, ...args: readonly string[]) {
  const env = { ...process.env, HOME: folder }
  const said = spawnSync(process.execPath, [...program, ...args], { cwd: path, env, encoding: 'utf8' })
  return { code: said.status, out: said.stdout, err: said.stderr }
}

/** Resolves when a process is gone that nobody here is the parent of. */
async function gone(pid: number): Promise<void> {
  const isThere = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  await expect.poll(isThere, { timeout: 60_000 }).toBe(false)
}

/** A plan whose task waits until the test lets it go on, and then ends like this; `tell` resolves with who works on it. */
const story = (ending: string, tell: (repository: TempRepository, go: () => void) => Promise<number>) =>
  withTempRepository(async (repository) => {
    const file = join(repository.folder, 'go')
    const run = `until [ -e '${file}' ]; do sleep 0.05; done; ${ending}`
    repository.commit('the plan', {
      'plan.json': JSON.stringify({
        defaults: { retries: 0 },
        workstreams: [{ id: 'slow', claims: ['one'], tasks: [{ id: 's', run }] }],
      }),
    })
    const go = () => writeFileSync(file, '')
    try {
      await gone(await tell(repository, go))
    } finally {
      go()
      await cli(repository.path, ['attach'])
    }
  })

describe('ws run --detach', () => {
  test('says the id and ends; the run goes on, and ws attach follows it to its end', () =>
    story('echo 1 > one', async (repository, go) => {
      const said = ws(repository, 'run', 'plan.json', '--detach', '--json')
      expect(said.code, said.err).toBe(exitCodes.completed)
      expect(runCommand.answers?.safeParse(lastJson(said)).error).toBeUndefined()
      const [, runId = ''] = /"runs":\["(\w+)"\]/.exec(said.out) ?? []
      const [, log = ''] = /"log":"([^"]+)"/.exec(said.out) ?? []
      expect(log).toContain(join('.ws', 'detached'))
      expect(repository.git('status', '--porcelain')).toBe('')

      const following = spawn(process.execPath, [...program, 'attach', runId, '--json'], {
        cwd: repository.path,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      following.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
      const ended = new Promise((resolve) => following.once('close', resolve))
      go()
      expect(await ended).toBe(exitCodes.completed)
      expect(attachCommand.answers?.safeParse(lastJson({ out })).error).toBeUndefined()
      expect(lastJson({ out })).toMatchObject({ runId, status: 'COMPLETED' })
      expect(repository.git('show', 'main:one')).toBe('1')
      await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 30_000 }).toContain('report: ')
      expect(existsSync(join(repository.path, '.ws', 'runs', runId))).toBe(true)
      return Number(/"pid":(\d+)/.exec(said.out)?.[1])
    }))

  test('what cannot be started says why, with its exit code', () =>
    withTempRepository(async (repository) => {
      repository.write({ 'plan.json': '{ "workstreams": [] }' })
      const said = ws(repository, 'run', 'plan.json', '--detach')
      expect(said.code).toBe(exitCodes.invalid)
      expect(said.err).toContain('expected at least one workstream')
      repository.write({
        'plan.json':
          '{ "workstreams": [{ "id": "a", "tasks": [{ "id": "t", "tool": "claude", "prompt": "x" }] }] }',
      })
      const missing = ws(repository, 'run', 'plan.json', '--detach')
      expect(missing.code).toBe(exitCodes.invalid)
      expect(missing.err).toContain('no program was found')
      expect((await cli(repository.path, ['run', 'plan.json', '--detach'])).code).toBe(exitCodes.usage)
    }))
})

describe('ws attach', () => {
  test('left with Ctrl-C leaves the run as it is, and tells its end by the exit code', () =>
    story('false', async (repository, go) => {
      const detached = ws(repository, 'run', 'plan.json', '--detach')
      expect(detached.out).toMatch(/^run \w+ goes on in process \d+; ws attach \w+ follows it/)
      const heard = Promise.withResolvers<() => void>()
      const left = cli(repository.path, ['attach'], {
        onInterrupt: (listener) => {
          heard.resolve(listener)
          return () => {}
        },
      })
      const interrupt = await heard.promise
      interrupt()
      const said = await left
      expect(said.code, said.err).toBe(exitCodes.interrupted)
      expect(said.out).toContain('is left as it is; ws attach')
      expect(lastJson(await cli(repository.path, ['status', '--json']))).toMatchObject({ status: 'RUNNING' })
      go()
      expect((await cli(repository.path, ['attach'])).code).toBe(exitCodes.failed)
      expect((await cli(repository.path, ['attach', 'nothing'])).code).toBe(exitCodes.invalid)
      return Number(/in process (\d+)/.exec(detached.out)?.[1])
    }))
})
