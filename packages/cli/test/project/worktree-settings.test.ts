import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/index.ts'
import { cli } from '../cli.ts'

const plan = {
  concurrency: 1,
  workstreams: [
    { id: 'a', claims: ['a/**'], tasks: [{ id: 'one', run: 'mkdir a && ls .. > a/beside && pwd > a/path' }] },
    { id: 'b', claims: ['b/**'], tasks: [{ id: 'two', run: 'true' }] },
  ],
}

test('worktrees are made where the settings say, and none ahead where they say so', () =>
  withTempRepository(async (repository) => {
    repository.commit('settings', {
      'ws.yaml': 'worktrees: { folder: ../elsewhere, ahead: 0 }\n',
      'plan.json': JSON.stringify(plan),
    })
    const { code, err } = await cli(repository.path, ['run', 'plan.json', '--yes'])
    expect(code, err).toBe(exitCodes.completed)
    expect(repository.git('show', 'main:a/path')).toContain(join('elsewhere', 'a-'))
    expect(repository.git('show', 'main:a/beside')).toMatch(/^a-\w+$/)
    expect(readdirSync(repository.folder)).not.toContain('repository.ws')
  }))

test('nothing starts with less free space than the settings ask for', () =>
  withTempRepository(async (repository) => {
    repository.commit('settings', {
      'ws.yaml': 'worktrees: { minFreeMb: 1000000000 }\n',
      'plan.json': JSON.stringify(plan),
    })
    const { code, out, err } = await cli(repository.path, ['run', 'plan.json', '--yes'])
    expect(code, err).toBe(exitCodes.paused)
    expect(out + err).toContain('disk')
  }))
