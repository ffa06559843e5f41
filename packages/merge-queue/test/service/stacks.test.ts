import fc from 'fast-check'
import type { TempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import type { LandingMethod } from '../../src/queue/queue-spec.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import { text } from '../opened.ts'
import { addBranch, withQueue } from './queue-fixture.ts'

const checks = { unit: 'test ! -e broken-*' }

/** One workstream: what it was built on, and the files that it holds, each handed over by one before it. */
interface Workstream {
  readonly needs: readonly number[]
  readonly takes: readonly number[]
  readonly lines: readonly number[]
  readonly method: LandingMethod
}

const Workstreams = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(5), { maxLength: 2 }),
      takes: fc.array(fc.nat(5), { maxLength: 2 }),
      lines: fc.uniqueArray(fc.integer({ min: 3, max: 19 }), { minLength: 1, maxLength: 3 }),
      method: fc.constantFrom<LandingMethod>('merge', 'squash', 'rebase'),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map(toStack)

/** Needs point back, and a file goes only to somebody who comes after everybody who held it. */
function toStack(raw: readonly Workstream[]): readonly Workstream[] {
  const holder = new Map<number, number>()
  const before: Set<number>[] = []
  return raw.map((each, i) => {
    const needs = [...new Set(each.needs.filter((need) => need < i))]
    before.push(new Set(needs.flatMap((need) => [need, ...(before[need] ?? [])])))
    const takes = [...new Set(each.takes)].filter((file) => {
      const last = holder.get(file)
      return last !== undefined && before[i]?.has(last) === true
    })
    for (const file of [i, ...takes]) holder.set(file, i)
    return { ...each, needs, takes: [i, ...takes] }
  })
}

interface Built {
  readonly base: string
  readonly commit: string
  /** What its files hold. */
  readonly content: ReadonlyMap<string, string>
}

/** Makes the branches `w0`, `w1`, … as an orchestrator does: each from the merged tips of what it needs. */
function buildStack(temp: TempRepository, stack: readonly Workstream[], broken: number | undefined): Built[] {
  const built: Built[] = []
  for (const [i, { needs, takes, lines }] of stack.entries()) {
    const [first, ...more] = needs.map((need) => `w${need}`)
    temp.git('switch', '--quiet', '--create', `w${i}`, first ?? 'main')
    if (more.length > 0) temp.git('merge', '--quiet', '--no-edit', ...more)
    const base = temp.git('rev-parse', 'HEAD')
    const content = new Map<string, string>()
    for (const file of takes) {
      const own = temp.read(`f${file}.txt`).trimEnd().split('\n')
      for (const line of lines) own[line] = `line ${line} by w${i}`
      content.set(`f${file}.txt`, `${own.join('\n')}\n`)
    }
    const commit = temp.commit(`w${i}`, {
      ...Object.fromEntries(content),
      ...(i === broken ? { [`broken-${i}`]: 'x\n' } : {}),
    })
    built.push({ base, commit, content })
    temp.git('switch', '--quiet', 'main')
  }
  return built
}

const files = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`f${i}.txt`, text()]))

function dependents(stack: readonly Workstream[], of: number): readonly number[] {
  const found = new Set([of])
  for (const [i, { needs }] of stack.entries()) if (needs.some((need) => found.has(need))) found.add(i)
  return [...found].slice(1)
}

describe('stacked branches with exclusive claims', () => {
  it('land without a conflict, whatever became of those before them', { timeout: 300_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        Workstreams,
        fc.constantFrom('lands', 'fails', 'is repaired', 'is discarded'),
        fc.nat(),
        async (stack, fate, chosen) => {
          const of = chosen % stack.length
          const behind = dependents(stack, of)
          await withQueue(
            { checks },
            async ({ temp, queue }) => {
              const built = buildStack(
                temp,
                stack,
                fate === 'fails' || fate === 'is repaired' ? of : undefined,
              )
              const events: QueueEvent[] = []
              queue.events.on('*', ({ event }) => events.push(event))
              for (const [i, { base }] of built.entries()) {
                const { method, needs } = stack[i]!
                await queue.add({
                  branch: `w${i}`,
                  id: `w${i}`,
                  base,
                  method,
                  after: needs.map((need) => `w${need}`),
                })
              }
              if (fate === 'is discarded') await queue.remove(`w${of}`)
              await queue.process()
              const states = stack.map((_, i) => queue.get(`w${i}`)?.state)
              expect(states).not.toContain('CONFLICTED')
              if (fate !== 'lands') {
                for (const [i] of stack.entries()) {
                  const view = queue.get(`w${i}`)
                  if (i === of) expect(view?.state).toBe(fate === 'is discarded' ? 'CANCELLED' : 'FAILED')
                  else if (behind.includes(i)) {
                    expect(view?.state).toBe('QUEUED')
                    if (stack[i]?.needs.includes(of) === true) expect(view?.reason).toBe('base-lost')
                  } else expect(view?.state).toBe('MERGED')
                }
                neverTestedWithout(events, of, behind)
              }
              const last = fate === 'is repaired' ? temp.read(`f${of}.txt`) : ''
              if (fate === 'is repaired') {
                expect(last).toBe(text())
                temp.git('switch', '--quiet', `w${of}`)
                const repaired = temp.read(`f${of}.txt`).replace('line 0\n', 'repaired\n')
                temp.commit('repaired', { [`f${of}.txt`]: repaired, [`broken-${of}`]: null })
                temp.git('switch', '--quiet', 'main')
                await queue.update(`w${of}`)
              }
              if (fate === 'is discarded') await queue.retry(`w${of}`)
              if (fate !== 'fails') {
                await queue.process()
                const ended = stack.map((_, i) => queue.get(`w${i}`)?.state)
                expect(ended).toEqual(stack.map(() => 'MERGED'))
                for (const [name, content] of built.flatMap((each) => [...each.content]))
                  if (built.findLast((each) => each.content.has(name))?.content.get(name) === content)
                    expect(temp.read(name).replace('repaired\n', 'line 0\n'), name).toBe(content)
                if (fate === 'is repaired') expect(temp.read(`f${of}.txt`)).toMatch(/^repaired\n/)
              }
            },
            files,
          )
        },
      ),
      { numRuns: process.env['WS_SOAK'] === undefined ? 20 : 500, endOnFailure: true },
    ),
  )
})

/** Whoever needs it is tested with it or not at all. */
function neverTestedWithout(events: readonly QueueEvent[], of: number, behind: readonly number[]): void {
  for (const event of events) {
    if (event.type !== 'check.started') continue
    const isBehind = behind.some((i) => event.entryIds.includes(`w${i}`))
    if (isBehind) expect(event.entryIds).toContain(`w${of}`)
  }
}

/** What becomes of `second`, which is built on `first` and needs it or only took over its file. */
interface Row {
  readonly predecessor: 'lands as it was' | 'was repaired first' | 'failed' | 'was cancelled'
  readonly relation: 'needs it' | 'took over its file'
  /** Whether what `second` changes fits without what `first` was. */
  readonly fits: boolean
  readonly successor: 'MERGED' | 'CONFLICTED' | 'QUEUED base-lost'
}

const rows: readonly Row[] = [
  ...(['needs it', 'took over its file'] as const).flatMap((relation): Row[] => [
    { predecessor: 'lands as it was', relation, fits: false, successor: 'MERGED' },
    { predecessor: 'was repaired first', relation, fits: true, successor: 'MERGED' },
    { predecessor: 'was repaired first', relation, fits: false, successor: 'CONFLICTED' },
  ]),
  ...(['failed', 'was cancelled'] as const).flatMap((predecessor): Row[] => [
    { predecessor, relation: 'needs it', fits: true, successor: 'QUEUED base-lost' },
    { predecessor, relation: 'took over its file', fits: true, successor: 'MERGED' },
    { predecessor, relation: 'took over its file', fits: false, successor: 'CONFLICTED' },
  ]),
]

/** What the target then holds where `first` had its change. */
const lineOf: Readonly<Record<Row['predecessor'], Readonly<Record<number, string>>>> = {
  'lands as it was': { 3: 'second' },
  'was repaired first': { 3: 'repaired' },
  failed: {},
  'was cancelled': {},
}

describe('the successor of a branch', () => {
  it.each(rows)(
    'that $relation, where that one $predecessor (its own part fits: $fits): $successor',
    (row) => {
      const handedBack: string[] = []
      const onEscalate = ({ reason }: { readonly reason: string }, { id }: { readonly id: string }) => {
        handedBack.push(`${id} ${reason}`)
        return undefined
      }
      return withQueue(
        { checks, onEscalate },
        async ({ temp, queue }) => {
          const { predecessor, relation, fits, successor } = row
          const broken = predecessor === 'failed' ? { 'broken-1': 'x\n' } : {}
          const base = addBranch(temp, 'first', { 'a.txt': text({ 3: 'first' }), ...broken })
          const own = fits ? { 3: 'first', 15: 'second' } : { 3: 'second' }
          const tip = addBranch(temp, 'second', { 'a.txt': text(own) }, 'first')
          await queue.pause()
          await queue.add({ branch: 'first', id: 'first', method: 'squash' })
          const after = relation === 'needs it' ? ['first'] : []
          await queue.add({ branch: 'second', id: 'second', base, after })
          if (predecessor === 'was cancelled') await queue.remove('first')
          if (predecessor === 'was repaired first') {
            temp.git('branch', '--force', 'first', 'main')
            temp.git('switch', '--quiet', 'first')
            temp.commit('repaired', { 'a.txt': text({ 3: 'repaired' }) })
            temp.git('switch', '--quiet', 'main')
            await queue.update('first')
          }
          await queue.resume()
          await queue.process()
          const view = queue.get('second')
          expect([view?.state, successor.includes(' ') ? view?.reason : undefined].join(' ').trim()).toBe(
            successor,
          )
          const others = predecessor === 'failed' ? ['first check-failed'] : []
          expect(handedBack).toEqual([
            ...others,
            ...(successor === 'CONFLICTED' ? ['second conflicted'] : []),
          ])
          // It is handed back as it was, on its own branch.
          expect(temp.git('rev-parse', 'second')).toBe(tip)
          if (successor !== 'MERGED') return
          expect(temp.read('a.txt')).toBe(text({ ...lineOf[predecessor], ...(fits ? { 15: 'second' } : {}) }))
        },
        { 'a.txt': text() },
      )
    },
  )
})
