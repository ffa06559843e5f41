import { describe, expect, it } from 'vitest'
import { findLanding } from '../../src/landing/land-target.ts'
import { withLine } from './line.ts'

const landed = 'refs/ws/landed/main'

describe('a landing', () => {
  it('moves the line and the branch in one transaction where nobody has the branch checked out', () =>
    withLine(async ({ temp, ref, commitOn, land }) => {
      temp.git('switch', '--quiet', '--detach')
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      expect(await land(to)).toEqual({ kind: 'landed' })
      expect([ref(landed), ref('refs/heads/main'), ref('refs/ws/followed/main')]).toEqual([to, to, undefined])
      expect(temp.git('status', '--short')).toBe('')
      expect(temp.git('reflog', '-1', '--format=%gs', 'main')).toBe('ws: landed on main')
    }))

  it('leaves a branch that is checked out where it is, and notes where that was', () =>
    withLine(async ({ temp, ref, commitOn, land }) => {
      const before = ref('refs/heads/main')
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      expect(await land(to)).toEqual({ kind: 'landed' })
      expect([ref(landed), ref('refs/heads/main'), ref('refs/ws/followed/main')]).toEqual([
        to,
        before,
        before,
      ])
      expect(temp.git('status', '--short')).toBe('')
    }))

  it('changes nothing where the line is not what it was when the landing was decided', () =>
    withLine(async ({ ref, commitOn, land }) => {
      const from = ref(landed)!
      const other = commitOn('main', { 'b.txt': 'other\n' })
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      await land(other)
      expect(await land(to, { from })).toEqual({ kind: 'moved', to: other })
      expect(ref(landed)).toBe(other)
    }))

  it('done twice is done once, also when more has landed since', () =>
    withLine(async ({ repository, ref, commitOn, land }) => {
      const from = ref(landed)!
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      expect(await findLanding(repository, { target: 'main', from, to })).toBeUndefined()
      await land(to)
      expect(await land(to, { from })).toEqual({ kind: 'landed' })
      const more = commitOn(to, { 'b.txt': 'more\n' })
      await land(more)
      expect(await land(to, { from })).toEqual({ kind: 'landed' })
      expect(await findLanding(repository, { target: 'main', from, to })).toEqual({ kind: 'landed' })
      expect(ref(landed)).toBe(more)
    }))

  it('is made by nobody but the leader', () =>
    withLine(async ({ ref, commitOn, land, epoch }) => {
      const before = ref(landed)
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      await expect(land(to, { epoch: epoch - 1 })).rejects.toMatchObject({ code: 'WS_GIT_STALE_EPOCH' })
      expect(ref(landed)).toBe(before)
    }))

  it('is not made on a branch that is gone', () =>
    withLine(async ({ temp, ref, commitOn, land }) => {
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      temp.git('switch', '--quiet', '--detach')
      temp.git('branch', '--delete', '--force', 'main')
      expect(await land(to)).toEqual({ kind: 'moved', to: undefined })
      expect(ref('refs/heads/main')).toBeUndefined()
    }))

  it('moves the line past a person’s commits, and the branch not at all', () =>
    withLine(async ({ temp, ref, commitOn, land, look }) => {
      temp.git('switch', '--quiet', '--detach')
      const to = commitOn('main', { 'a.txt': 'landed\n' })
      const person = commitOn('main', { 'b.txt': 'by a person\n' })
      temp.git('update-ref', 'refs/heads/main', person)
      expect(await land(to)).toEqual({ kind: 'landed' })
      expect([ref(landed), ref('refs/heads/main')]).toEqual([to, person])
      expect(await look()).toEqual({ kind: 'advanced', landed: to, head: person })
    }))

  it('of a person’s own commit finds the branch there already', () =>
    withLine(async ({ temp, ref, commitOn, land, look }) => {
      const person = commitOn('main', { 'b.txt': 'by a person\n' })
      temp.git('merge', '--quiet', '--ff-only', person)
      expect(await look()).toMatchObject({ kind: 'advanced', head: person })
      expect(await land(person)).toEqual({ kind: 'landed' })
      expect([ref(landed), ref('refs/ws/followed/main')]).toEqual([person, undefined])
      expect(await look()).toEqual({ kind: 'followed', landed: person })
    }))

  it('does not move on a branch that was set back', () =>
    withLine(async ({ temp, ref, commitOn, land, look }) => {
      temp.git('switch', '--quiet', '--detach')
      const [first, one] = [ref('refs/heads/main')!, commitOn('main', { 'a.txt': 'one\n' })]
      await land(one)
      const two = commitOn(one, { 'a.txt': 'two\n' })
      temp.git('update-ref', 'refs/heads/main', first)
      await land(two)
      expect(ref('refs/heads/main')).toBe(first)
      expect(await look()).toEqual({ kind: 'rewound', landed: two, head: first })
    }))
})
