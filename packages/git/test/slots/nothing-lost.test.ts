// Whatever a slot held is afterwards reachable from a reference, or still where it was; or the removal refused.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runDoctor } from '../../src/doctor/doctor.ts'
import type { SlotRecord } from '../../src/slots/slot-record.ts'
import { startFixture } from '../fixtures/start-fixture.ts'
import { type Opened, withOpened, work } from '../opened.ts'

/** What a slot can be like; each puts some text somewhere, or breaks something. */
const states: Readonly<Record<string, (opened: Opened, record: SlotRecord) => string | undefined>> = {
  dirty: (_, { path }) => put(path, 'a.txt', 'dirty'),
  untracked: (_, { path }) => put(path, 'untracked.txt', 'untracked'),
  'with an odd name': (_, { path }) => put(path, '-D\n"é".txt', 'odd'),
  unpushed: ({ temp }, { path }) => {
    const text = put(path, 'unpushed.txt', 'unpushed')
    temp.gitIn(path, 'add', 'unpushed.txt')
    temp.gitIn(path, 'commit', '--quiet', '-m', 'own')
    temp.gitIn(path, 'rm', '--quiet', 'unpushed.txt')
    return text
  },
  'staged only': ({ temp }, { path }) => {
    const text = put(path, 'staged.txt', 'staged')
    temp.gitIn(path, 'add', 'staged.txt')
    rmSync(join(path, 'staged.txt'))
    return text
  },
  'on another branch': ({ temp }, { path }) => {
    temp.gitIn(path, 'switch', '--quiet', '-c', 'of-the-tool')
    const text = put(path, 'other.txt', 'other')
    temp.gitIn(path, 'add', 'other.txt')
    temp.gitIn(path, 'commit', '--quiet', '-m', 'elsewhere')
    return text
  },
  'with a nested repository': ({ temp }, { path }) => {
    temp.gitIn(path, 'init', '--quiet', 'nested')
    return put(path, 'nested/n.txt', 'nested')
  },
  'with .GIT': (_, { path }) => {
    mkdirSync(join(path, 'x/.GIT'), { recursive: true })
    return put(path, 'x/.GIT/config', 'look-alike')
  },
  'locked by somebody': ({ temp }, { path }) => {
    temp.git('worktree', 'unlock', path)
    temp.git('worktree', 'lock', '--reason', 'mine', path)
    return undefined
  },
  'with a broken reference': ({ temp }) => {
    writeFileSync(join(temp.path, '.git/refs/heads/broken'), 'not an id\n')
    return undefined
  },
  'without registration': ({ temp }, { admin }) => {
    rmSync(join(temp.path, '.git/worktrees', admin ?? ''), { recursive: true, force: true })
    return undefined
  },
}

function put(path: string, name: string, text: string): string {
  writeFileSync(join(path, name), `${text}\n`)
  return `${text}\n`
}

/** The ways in which a slot's directory goes. */
const removals: Readonly<Record<string, (opened: Opened) => Promise<unknown>>> = {
  recycle: ({ slots }) => slots.recycle('s', { base: 'main', work: work('next') }),
  remove: ({ slots }) => slots.remove('s', { branch: 'delete' }).then(() => slots.purgeTrash()),
  doctor: ({ slots }) => runDoctor(slots, { fix: true }),
}

/** Whether a text is in an object that a reference holds, or in a file of the slot. */
function isKept({ temp, slots }: Opened, text: string): boolean {
  // A broken reference makes git stop; it was put there by the test and holds nothing.
  rmSync(join(temp.path, '.git/refs/heads/broken'), { force: true })
  writeFileSync(join(temp.folder, 'text'), text)
  const id = temp.git('hash-object', '--no-filters', join(temp.folder, 'text'))
  if (temp.git('rev-list', '--all', '--objects').includes(id)) return true
  const folder = join(slots.root, 's')
  if (!existsSync(folder)) return false
  if (
    existsSync(join(temp.path, '.git/worktrees/s')) &&
    temp.gitIn(folder, 'ls-files', '--stage').includes(id)
  )
    return true
  const names = [
    'a.txt',
    'untracked.txt',
    '-D\n"é".txt',
    'other.txt',
    'nested/n.txt',
    'x/.GIT/config',
    'unpushed.txt',
  ]
  return names.some(
    (name) => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') === text,
  )
}

describe('nothing is lost', () => {
  it('by any way of removal, in any state', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.subarray(Object.keys(states)),
        fc.constantFrom(...Object.keys(removals)),
        (chosen, removal) =>
          withOpened(
            async (opened) => {
              const record = await opened.slots.create({ slot: 's', base: 'main', work: work('a') })
              // What breaks the registration comes last: the others need a working git in the slot.
              const texts = chosen
                .map((state) => states[state]?.(opened, record))
                .filter((text) => text !== undefined)
              await removals[removal]?.(opened).catch((error: unknown) =>
                expect(error).toMatchObject({ code: /^WS_GIT_/ }),
              )
              const missing = texts.filter((text) => !isKept(opened, text))
              // With its registration deleted, what was only staged or committed there is no worktree's any more.
              const excused = chosen.includes('without registration')
                ? ['staged\n', 'unpushed\n', 'other\n']
                : []
              expect(missing.filter((text) => !excused.includes(text))).toEqual([])
            },
            { files: { 'a.txt': 'a\n' } },
          ),
      ),
      { numRuns: 16, seed: 7, endOnFailure: true },
    ),
  )

  it('by a kill at any git step', { timeout: 600_000 }, async () => {
    const operations = ['create', 'recycle', 'remove', 'commit']
    // Steps at which something can go wrong; the soak run takes all of them.
    const steps =
      process.env['WS_SOAK'] === undefined ? [6, 9, 12] : Array.from({ length: 30 }, (_, i) => i + 1)
    for (const operation of operations)
      await Promise.all(steps.map((step) => killAt(operation, step, step % 2 === 0 ? 'before' : 'after')))
  })
})

async function killAt(operation: string, step: number, moment: 'before' | 'after'): Promise<void> {
  await withOpened(
    async (opened) => {
      const { temp, slots } = opened
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const texts = ['dirty', 'untracked', 'staged only', 'unpushed', 'with .GIT'].map(
        (state) => states[state]?.(opened, record) ?? '',
      )
      const program = join(temp.folder, 'killing-git')
      const count = join(temp.folder, 'count')
      const kill = 'kill -9 $PPID; exit 1'
      writeFileSync(
        program,
        `#!/bin/sh\necho x >> '${count}'\nn=$(wc -l < '${count}')\n` +
          (moment === 'before'
            ? `[ $n -eq ${step} ] && { ${kill}; }\nexec git "$@"\n`
            : `git "$@"; code=$?\n[ $n -eq ${step} ] && { ${kill}; }\nexit $code\n`),
      )
      chmodSync(program, 0o755)
      const killed = startFixture('be-killed.ts', temp.path, operation, program)
      const { end, output } = await killed.ended
      const where = `${operation}, killed ${moment} step ${step}`
      expect([`${where}: SIGKILL`, `${where}: 0`], output).toContain(`${where}: ${end}`)
      await runDoctor(slots, { fix: true })
      const open = (await runDoctor(slots)).filter(
        ({ kind, state }) => kind !== 'stale-lock-file' && state !== 'person',
      )
      expect(open, where).toEqual([])
      expect(
        texts.filter((text) => !isKept(opened, text)),
        where,
      ).toEqual([])
      expect(temp.git('fsck', '--no-dangling', '--connectivity-only'), where).toBe('')
    },
    { files: { 'a.txt': 'a\n' } },
  )
}
