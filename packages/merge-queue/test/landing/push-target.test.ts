import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository, parseObjectId } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { landTarget } from '../../src/landing/land-target.ts'
import { testEnvironment } from '../opened.ts'
import type { Line } from './line.ts'
import { withLine } from './line.ts'

const remote = { name: 'origin', timeoutMs: 60_000 }
const landed = 'refs/ws/landed/main'

function addRemote({ temp }: Line): string {
  const path = join(temp.folder, 'remote.git')
  temp.git('init', '--quiet', '--bare', '--initial-branch=main', path)
  temp.git('remote', 'add', 'origin', path)
  temp.git('push', '--quiet', 'origin', 'main')
  return path
}

/** Somebody else's clone, which pushes. */
function pushFromElsewhere({ temp }: Line, path: string, name: string): string {
  const clone = join(temp.folder, `clone-${name}`)
  temp.git('clone', '--quiet', path, clone)
  writeFileSync(join(clone, name), 'elsewhere\n')
  temp.gitIn(clone, 'add', '--all')
  temp.gitIn(clone, 'commit', '--quiet', '--message', 'elsewhere')
  temp.gitIn(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  return temp.gitIn(clone, 'rev-parse', 'HEAD')
}

describe('a landing that is pushed', () => {
  it('moves the remote first, then what is here', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      expect(await line.land(to, { remote })).toEqual({ kind: 'landed' })
      expect([line.temp.gitIn(path, 'rev-parse', 'main'), line.ref(landed)]).toEqual([to, to])
    }))

  it('makes the branch where the remote has none', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      line.temp.gitIn(path, 'update-ref', '-d', 'refs/heads/main')
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      expect(await line.land(to, { remote })).toEqual({ kind: 'landed' })
      expect(line.temp.gitIn(path, 'rev-parse', 'main')).toBe(to)
    }))

  it('is refused by name where the remote does not want it, and lands nowhere', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      const before = line.ref(landed)
      writeFileSync(join(path, 'hooks/pre-receive'), '#!/bin/sh\necho no entry >&2\nexit 1\n')
      chmodSync(join(path, 'hooks/pre-receive'), 0o755)
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      const outcome = await line.land(to, { remote })
      expect(outcome).toEqual({ kind: 'refused', detail: '[remote rejected] (pre-receive hook declined)' })
      expect([line.temp.gitIn(path, 'rev-parse', 'main'), line.ref(landed)]).toEqual([before, before])
    }))

  it('never overwrites what somebody else pushed, and takes it in', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      const before = line.ref(landed)
      const theirs = pushFromElsewhere(line, path, 'c.txt')
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      expect(await line.land(to, { remote })).toMatchObject({ kind: 'infrastructure' })
      expect([line.temp.gitIn(path, 'rev-parse', 'main'), line.ref(landed)]).toEqual([theirs, before])
      for (const isAsked of [true, false])
        expect(await line.look({ remote: { ...remote, isAsked } })).toEqual({
          kind: 'advanced',
          landed: before,
          head: theirs,
        })
      // Taken in: the commit itself, then what is built on it.
      expect(await line.land(parseObjectId(theirs), { remote })).toEqual({
        kind: 'landed',
      })
      const next = line.commitOn(theirs, { 'a.txt': 'landed\n' })
      expect(await line.land(next, { remote })).toEqual({ kind: 'landed' })
      expect(line.temp.gitIn(path, 'rev-parse', 'main')).toBe(next)
    }))

  it('is guarded to the last moment: what somebody pushes while it is on its way stays', () =>
    withLine(async (line) => {
      const { temp } = line
      const path = addRemote(line)
      const before = line.ref(landed)!
      const theirs = pushFromElsewhere(line, path, 'c.txt')
      temp.gitIn(path, 'update-ref', 'refs/heads/main', before)
      // A git before whose push somebody else's arrives.
      const program = join(temp.folder, 'late-git')
      const arrive = `env -i PATH="$PATH" git -C '${path}' update-ref refs/heads/main ${theirs}`
      writeFileSync(program, `#!/bin/sh\ncase "$*" in push*) ${arrive};; esac\nexec git "$@"\n`, {
        mode: 0o755,
      })
      const repository = await openRepository(temp.path, { program, env: testEnvironment() })
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      const outcome = await landTarget(
        repository,
        { target: 'main', from: before, to },
        { epoch: line.epoch, remote },
      )
      await repository.close()
      expect([outcome.kind, temp.gitIn(path, 'rev-parse', 'main')]).toEqual(['infrastructure', theirs])
      expect(line.ref(landed)).toBe(before)
    }))

  it('is found where only the remote had moved before a crash', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      line.temp.git('push', '--quiet', 'origin', `${to}:refs/heads/main`)
      expect(await line.land(to, { remote })).toEqual({ kind: 'landed' })
      expect([line.temp.gitIn(path, 'rev-parse', 'main'), line.ref(landed)]).toEqual([to, to])
    }))

  it('is not made where the remote cannot be reached', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      line.temp.git('remote', 'set-url', 'origin', `${path}.gone`)
      const before = line.ref(landed)
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      expect(await line.land(to, { remote })).toMatchObject({ kind: 'infrastructure' })
      expect(line.ref(landed)).toBe(before)
    }))

  it('is pushed by nobody but the leader', () =>
    withLine(async (line) => {
      const path = addRemote(line)
      const before = line.ref(landed)
      const to = line.commitOn('main', { 'a.txt': 'landed\n' })
      const late = line.land(to, { remote, epoch: line.epoch - 1 })
      await expect(late).rejects.toMatchObject({ code: 'WS_GIT_STALE_EPOCH' })
      expect(line.temp.gitIn(path, 'rev-parse', 'main')).toBe(before)
    }))
})
