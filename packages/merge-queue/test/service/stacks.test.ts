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
                  else if (stack[i]?.needs.includes(of) === true) expect(view?.reason).toBe('base-lost')
                  else if (behind.includes(i)) expect(['QUEUED', 'CHECKING']).toContain(view?.state)
                  else expect(view?.state).toBe('MERGED')
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

describe('a branch that only took over paths', () => {
  /** `first` changes line 3; `second` is built on it. */
  const stacked = (
    second: Readonly<Record<number, string>>,
    body: (stack: {
      readonly temp: TempRepository
      readonly base: string
      readonly add: (name: 'first' | 'second') => Promise<unknown>
      readonly land: () => Promise<unknown>
      readonly state: (name: string) => string | undefined
      readonly remove: (name: string) => Promise<void>
    }) => Promise<void>,
  ) =>
    withQueue(
      { checks },
      async ({ temp, queue }) => {
        const base = addBranch(temp, 'first', { 'a.txt': text({ 3: 'first' }) })
        addBranch(temp, 'second', { 'a.txt': text({ 3: 'first', ...second }) }, 'first')
        await body({
          temp,
          base,
          add: (name) => queue.add({ branch: name, id: name, ...(name === 'second' ? { base } : {}) }),
          land: () => queue.process(),
          state: (name) => queue.get(name)?.state,
          remove: (name) => queue.remove(name),
        })
      },
      { 'a.txt': text() },
    )

  it('lands after one that landed', () =>
    stacked({ 3: 'second' }, async ({ temp, add, land }) => {
      await add('first')
      await add('second')
      await land()
      expect(temp.read('a.txt')).toBe(text({ 3: 'second' }))
    }))

  it('goes on by its own difference where the one before it was discarded', () =>
    stacked({ 15: 'second' }, async ({ temp, add, land, remove, state }) => {
      await add('first')
      await add('second')
      await remove('first')
      await land()
      expect([state('first'), state('second')]).toEqual(['CANCELLED', 'MERGED'])
      expect(temp.read('a.txt')).toBe(text({ 15: 'second' }))
    }))

  it('is handed back where its own difference does not fit without it', () =>
    stacked({ 3: 'second' }, async ({ add, land, remove, state }) => {
      await add('first')
      await add('second')
      await remove('first')
      await land()
      expect(state('second')).toBe('CONFLICTED')
    }))
})
