import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ReportFile } from '@ws/store/records'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/index.ts'
import { reportHtml } from '../../src/output/report-html.ts'
import { cli, lastJson } from '../cli.ts'

const answerOf = (name: string) => commands.find((each) => each.name === name)?.answers

const hostile = '<script>alert("1")</script> & \u001B[31mred'
const plan = JSON.stringify({
  name: hostile,
  workstreams: [
    { id: 'one', owner: 'anna', claims: ['one'], tasks: [{ id: 'a', label: hostile, run: 'echo 1 > one' }] },
    { id: 'two', owner: 'bert', claims: ['two'], tasks: [{ id: 'b', run: 'echo 1 > README.md' }] },
  ],
})

const afterRun = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('a plan', { 'plan.json': plan })
    expect((await cli(repository.path, ['run', 'plan.json'])).code).toBe(exitCodes.failed)
    await tell(repository)
  })

test('ws report --format html is one page that loads nothing and runs nothing, whatever a plan says', () =>
  afterRun(async ({ path }) => {
    const { code, out } = await cli(path, ['report', '--format', 'html'])
    expect(code).toBe(exitCodes.completed)
    expect(out).toMatch(/^<!doctype html>/)
    expect(out).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;')
    expect(out).not.toMatch(/<script|\son\w+=|javascript:|(?:src|href)=|@import|url\(/i)
    expect(out).not.toContain('\u001B')
    expect(out).toContain(`default-src 'none'`)
    expect(out).toMatch(/<span class="bad">QUARANTINED<\/span>[^]*<h2>What went wrong<\/h2>/)
    // Every element that is opened is closed again, in order.
    const open: string[] = []
    for (const [, isEnd, name = '', isEmpty] of out.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (name === 'meta' || isEmpty === '/') continue
      if (isEnd === '/') expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
    const json = await cli(path, ['report', '--json'])
    expect(reportHtml(ReportFile.parse(lastJson(json)))).toContain('<svg')
    expect(await cli(path, ['report', '--format', 'htlm'])).toMatchObject({
      code: exitCodes.usage,
      err: 'ws: there is no format "htlm"\n  did you mean html?\n',
    })
  }))

const Listed = z.object({ runs: z.array(z.object({ runId: z.string(), correlationId: z.string() })) })

describe('ws list', () => {
  test('shows only the runs that fit, by state, owner, time and correlation', () =>
    afterRun(async ({ path }) => {
      const ids = async (...args: readonly string[]) => {
        const said = await cli(path, ['list', '--json', ...args])
        expect(said.code, said.err).toBe(exitCodes.completed)
        expect(answerOf('list')?.safeParse(lastJson(said)).error).toBeUndefined()
        return Listed.parse(lastJson(said)).runs
      }
      const [run] = await ids()
      expect(run).toBeDefined()
      const { correlationId = '' } = run ?? {}
      for (const fits of [
        ['--owner', 'anna'],
        ['--owner', 'bert', '--status', 'failed'],
        ['--since', '2020-01-01', '--until', '2999-01-01T00:00'],
        ['--correlation', correlationId],
      ])
        expect(await ids(...fits), fits.join(' ')).toHaveLength(1)
      for (const fits of [
        ['--active'],
        ['--status', 'COMPLETED'],
        ['--since', '2999-01-01'],
        ['--until', '2020-01-01'],
      ])
        expect(await ids(...fits), fits.join(' ')).toHaveLength(0)
    }))

  test('says which owner, state and time were meant', () =>
    afterRun(async ({ path }) => {
      expect(await cli(path, ['list', '--owner', 'ana'])).toMatchObject({
        code: exitCodes.invalid,
        err: 'ws: there is no owner "ana"\n  did you mean anna?\n',
      })
      expect(await cli(path, ['list', '--status', 'faild'])).toMatchObject({
        code: exitCodes.usage,
        err: 'ws: there is no state "FAILD"\n  did you mean FAILED?\n',
      })
      expect((await cli(path, ['list', '--since', 'yesterday'])).err).toContain('such as 2026-05-01')
    }))
})

describe('ws logs --follow', () => {
  test('shows what a task writes while another process works on it, and ends with it', () =>
    withTempRepository(async (repository) => {
      const go = join(repository.folder, 'go')
      const run = `echo first; until [ -e '${go}' ]; do sleep 0.05; done; printf 'second\\nlast, without an end'`
      repository.commit('a plan', {
        'plan.json': JSON.stringify({ workstreams: [{ id: 'one', tasks: [{ id: 'a', run }] }] }),
      })
      const started = Promise.withResolvers<void>()
      const running = cli(repository.path, ['run', 'plan.json'], {
        out: (text) => {
          if (text.includes('"a" started')) started.resolve()
        },
      })
      await started.promise
      let seen = ''
      const followed = cli(repository.path, ['logs', 'a', '--follow'], {
        out: (text) => {
          seen += text
          // Only now does it go on: whoever looks has seen the beginning.
          if (seen.includes('first\n')) writeFileSync(go, '')
        },
      })
      expect((await followed).code).toBe(exitCodes.completed)
      expect((await running).code).toBe(exitCodes.completed)
      expect(seen).toBe('first\nsecond\nlast, without an end\n')
    }))

  test('shows what is there of a task that has ended, as lines of JSON where that is asked for', () =>
    afterRun(async ({ path }) => {
      expect(await cli(path, ['logs', 'a', '--follow'])).toMatchObject({ code: exitCodes.completed })
      const run = await cli(path, ['run', 'plan.json'])
      expect(run.code).toBe(exitCodes.failed)
      const said = await cli(path, ['logs', 'b', '--follow', '--json'])
      for (const line of said.out.split('\n').filter((each) => each !== ''))
        expect(answerOf('logs')?.safeParse(JSON.parse(line)).error).toBeUndefined()
      expect(await cli(path, ['logs', 'bb', '--follow'])).toMatchObject({
        code: exitCodes.invalid,
        err: expect.stringMatching(/has no task "bb"\n {2}there are a, b|did you mean b\?/),
      })
      expect((await cli(path, ['logs', '--follow'])).code).toBe(exitCodes.usage)
    }))

  test('stops looking at Ctrl-C, and leaves what runs alone', () =>
    withTempRepository(async (repository) => {
      const tasks = [{ id: 'a', tool: 'person' }]
      repository.commit('a plan', { 'plan.json': JSON.stringify({ workstreams: [{ id: 'one', tasks }] }) })
      expect((await cli(repository.path, ['run', 'plan.json'])).code).toBe(exitCodes.needsPerson)
      const said = await cli(repository.path, ['logs', 'a', '--follow'], {
        onInterrupt: (listener) => {
          listener()
          return () => {}
        },
      })
      expect(said.code).toBe(exitCodes.interrupted)
      expect((await cli(repository.path, ['status'])).out).toContain('PAUSED')
    }))
})
