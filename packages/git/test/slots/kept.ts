// What a slot can be like, the ways in which it goes, and whether what it held is still there.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectGarbage } from '../../src/doctor/collect-garbage.ts'
import { runDoctor } from '../../src/doctor/doctor.ts'
import type { SlotRecord } from '../../src/slots/slot-record.ts'
import { type Opened, work } from '../opened.ts'
import { recordFile } from '../slot-record-file.ts'

/** What a slot can be like; each puts some text somewhere, or breaks something. */
export const states: Readonly<Record<string, (opened: Opened, record: SlotRecord) => string | undefined>> = {
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
  'half-made': ({ repository }, record) => {
    // Its maker was a process that started at another time than whoever has its number now.
    const maker = record.maker.replace(/\S+$/, '1')
    const half = { ...record, state: 'making', maker }
    writeFileSync(recordFile(repository, record.slot), JSON.stringify(half))
    return undefined
  },
  'without directory': (_, { path }) => {
    rmSync(path, { recursive: true })
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
export const removals: Readonly<Record<string, (opened: Opened) => Promise<unknown>>> = {
  recycle: ({ slots }) => slots.recycle('s', { base: 'main', work: work('next') }),
  remove: ({ slots }) => slots.remove('s', { branch: 'delete' }).then(() => slots.purgeTrash()),
  doctor: ({ slots }) => runDoctor(slots, { fix: true }),
  gc: ({ slots }) =>
    collectGarbage(slots, { dryRun: false, minFreeBytes: Number.MAX_SAFE_INTEGER, isIdle: () => true }),
}

/** Whether a text is in an object that a reference holds, or in a file of the slot. */
export function isKept({ temp, slots }: Opened, text: string): boolean {
  // A broken reference makes git stop; it was put there by the test and holds nothing.
  rmSync(join(temp.path, '.git/refs/heads/broken'), { force: true })
  writeFileSync(join(temp.folder, 'text'), text)
  const id = temp.git('hash-object', '--no-filters', join(temp.folder, 'text'))
  if (temp.git('rev-list', '--all', '--objects').includes(id)) return true
  // What is staged lies in the repository's part of the worktree, whatever became of the directory.
  const admin = join(temp.path, '.git/worktrees/s')
  if (existsSync(admin) && temp.git(`--git-dir=${admin}`, 'ls-files', '--stage').includes(id)) return true
  const folder = join(slots.root, 's')
  if (!existsSync(folder)) return false
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
