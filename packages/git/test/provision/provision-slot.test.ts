import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectContent } from '../../src/changes/inspect-content.ts'
import { leasePorts, releasePorts } from '../../src/provision/lease-ports.ts'
import { provisionSlot, unprovisionSlot } from '../../src/provision/provision-slot.ts'
import { withOpened, work } from '../opened.ts'

const files = {
  '.gitignore': '.env*\nnode_modules/\nlinks/\n',
  '.worktreeinclude': '.env*\n!.env.production\nlinks/\nplain.txt\nREADME.md\n',
  'README.md': 'tracked\n',
}

describe('provisioning', () => {
  it('copies what is listed and ignored, and no link that leaves the repository', () =>
    withOpened(
      async ({ temp, repository, slots }) => {
        temp.write({
          '.env': 'A=1\n',
          '.env.production': 'B=1\n',
          'plain.txt': 'not ignored\n',
          'node_modules/dep/index.js': 'dep\n',
        })
        mkdirSync(join(temp.path, 'links'))
        symlinkSync('../.env', join(temp.path, 'links/inside'))
        symlinkSync('../../outside', join(temp.path, 'links/outside'))
        const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
        const { files: report } = await provisionSlot(repository, record, {
          copy: ['node_modules'],
          logFile: join(temp.folder, 'setup.log'),
        })
        expect(report).toEqual({
          copied: ['.env', 'links/inside'],
          skipped: [
            { path: 'links/outside', reason: 'it is a link that leaves the repository: ../../outside' },
          ],
        })
        expect(readFileSync(join(record.path, '.env'), 'utf8')).toBe('A=1\n')
        expect(readlinkSync(join(record.path, 'links/inside'))).toBe('../.env')
        expect(existsSync(join(record.path, '.env.production'))).toBe(false)
        expect(existsSync(join(record.path, 'plain.txt'))).toBe(false)
        expect(readFileSync(join(record.path, 'node_modules/dep/index.js'), 'utf8')).toBe('dep\n')
      },
      { files },
    ))

  it('runs the setup with names and ports of its own, keeps the log and stops at the first failure', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const logFile = join(temp.folder, 'logs/setup.log')
      const { env, setup } = await provisionSlot(repository, record, {
        setup: ['echo "$WS_SLOT $PORT $DB_NAME" > made.txt', 'echo oh no >&2; exit 3', 'touch never'],
        logFile,
      })
      expect(readFileSync(join(record.path, 'made.txt'), 'utf8')).toBe(`s ${env['PORT']} ${env['DB_NAME']}\n`)
      expect(setup).toMatchObject({ failure: { reason: 'exited', exitCode: 3, tail: 'oh no\n' } })
      expect(setup.ran).toHaveLength(2)
      expect(readFileSync(logFile, 'utf8')).toContain('$ echo oh no >&2; exit 3\noh no\n')
    }))

  it('runs the teardown with the same names and ports, and takes the ports back even if it fails', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const logFile = join(temp.folder, 'logs/slot.log')
      const provisioned = await provisionSlot(repository, record, { logFile })
      const leased = () => readdirSync(join(repository.facts.wsDir, 'ports'))
      expect(leased()).toEqual([provisioned.env['PORT']])
      const { failure } = await unprovisionSlot(repository, record, {
        teardown: ['echo "drop $DB_NAME at $PORT"; exit 4'],
        provisioned,
        logFile,
      })
      expect(failure).toMatchObject({ reason: 'exited', exitCode: 4 })
      const { DB_NAME, PORT } = provisioned.env
      expect(readFileSync(logFile, 'utf8')).toContain(`\ndrop ${DB_NAME} at ${PORT}\n`)
      expect(leased()).toEqual([])
    }))

  it('gives each of many that ask at once a port of its own, and the same when asked again', () =>
    withOpened(async ({ repository }) => {
      const range = { from: 25_200, to: 25_299 }
      const slots = Array.from({ length: 20 }, (_, at) => `s${at}`)
      const lease = () => Promise.all(slots.map((slot) => leasePorts(repository, slot, ['A', 'B'], range)))
      const leased = await lease()
      const ports = leased.flatMap((each) => Object.values(each))
      expect(new Set(ports).size).toBe(40)
      expect(await lease()).toEqual(leased)
      expect(readdirSync(join(repository.facts.wsDir, 'ports'))).toHaveLength(40)
    }))

  it('gives no port twice, none that is in use, and takes them back', () =>
    withOpened(async ({ repository }) => {
      const range = { from: 25_100, to: 25_103 }
      const server = createServer().listen(25_101, '127.0.0.1')
      await once(server, 'listening')
      try {
        const first = await leasePorts(repository, 'a', ['ONE', 'TWO'], range)
        const second = await leasePorts(repository, 'b', ['ONE'], range)
        const ports = [...Object.values(first), ...Object.values(second)].toSorted((a, b) => a - b)
        expect(ports).toEqual([25_100, 25_102, 25_103])
        await expect(leasePorts(repository, 'c', ['ONE'], range)).rejects.toMatchObject({
          code: 'WS_GIT_NO_PORT',
        })
        await releasePorts(repository, 'a')
        expect(Object.keys(await leasePorts(repository, 'c', ['ONE', 'TWO'], range))).toEqual(['ONE', 'TWO'])
      } finally {
        server.close()
      }
    }))

  it('says what a commit holds that a worktree does not fill in, and refuses it if told to', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const commit = temp.git('rev-parse', 'HEAD')
      temp.write({
        '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
        'a.bin': 'version https://git-lfs.github.com/spec/v1\n',
      })
      temp.git('add', '.')
      temp.git('update-index', '--add', '--cacheinfo', `160000,${commit},vendor/lib`)
      temp.git('commit', '--quiet', '-m', 'with both')
      expect(await inspectContent(repository, await repository.resolveCommit('main'))).toEqual({
        submodules: ['vendor/lib'],
        lfsAttributes: ['.gitattributes'],
      })
      const create = (refuse: ('submodules' | 'lfs')[]) =>
        slots.create({ slot: 's', base: 'main', work: work('a'), refuse })
      await expect(create(['submodules'])).rejects.toMatchObject({ code: 'WS_GIT_SUBMODULES' })
      await expect(create(['lfs'])).rejects.toMatchObject({ code: 'WS_GIT_LFS' })
      const { path } = await create([])
      expect(readFileSync(join(path, 'a.bin'), 'utf8')).toContain('git-lfs')
      writeFileSync(join(path, 'b.txt'), 'b\n')
      const { tree } = await slots.snapshot('s')
      expect(temp.git('diff', '--name-only', 'main', tree)).toBe('b.txt')
    }))
})
