import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('the target', () => {
  it('is looked at before anything is built onto it', async () => {
    const queue = await driveQueue({ tip: 'main-7' })
    await queue.add('a')
    expect(queue.eventsOf('target.moved')).toEqual([{ type: 'target.moved', target: 'main', to: 'main-7' }])
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-7+a' }])
  })

  it('that somebody else moved is built onto anew, and what was checked on the old one is checked again', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see({ kind: 'followed', landed: 'main-1' })
    expect(queue.running()).toEqual(['unit a'])
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-1+a' }])
  })

  it('seen as it once was is an old sight', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.pass('a')
    await queue.tell({
      type: 'target.observed',
      target: 'main',
      sight: { kind: 'followed', landed: 'main-0' },
    })
    expect(queue.watch().landed).toBe('main-0+a')
  })

  it('that lags behind a checkout says what is in the way, and landing goes on', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see({ kind: 'held', landed: 'main-0', where: '/home/me/app', paths: ['src/a.ts'] })
    expect(queue.state.targets.get('main')!.held).toEqual({ where: '/home/me/app', paths: ['src/a.ts'] })
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED')
    await queue.see({ kind: 'followed', landed: 'main-0+a' })
    expect(queue.state.targets.get('main')!.held).toBeUndefined()
    expect(queue.eventsOf('target.held')).toHaveLength(1)
  })
})

describe('what a person commits on the target', () => {
  const advanced = (head: string) => ({ kind: 'advanced', landed: 'main-0', head }) as const

  it('is an entry before all others, and they are built on it', async () => {
    const queue = await driveQueue()
    await queue.add('a', { level: 0 })
    await queue.see(advanced('mine'))
    const id = 'person/main/mine'
    expect(queue.view(id)).toMatchObject({
      position: 1,
      spec: { kind: 'person', commit: 'mine', checks: ['unit'] },
    })
    expect(queue.effects('check').map((effect) => effect.kind === 'check' && effect.entryIds)).toEqual([
      [id],
      [id, 'a'],
    ])
  })

  it('must pass the checks that are named for it', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit' }, { name: 'lint' }], personChecks: ['lint'] })
    await queue.add('a')
    await queue.see(advanced('mine'))
    expect(queue.view('person/main/mine').checksRequired).toEqual(['lint'])
  })

  it('is taken in once, and with what is committed after it', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(advanced('mine'))
    await queue.see(advanced('mine'))
    await queue.see(advanced('more'))
    expect(queue.view('person/main/mine').spec.commit).toBe('more')
    expect(queue.eventsOf('landing.queued')).toHaveLength(2)
  })

  it('that fails freezes the target until it is mended there', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(advanced('mine'))
    await queue.fail('person/main/mine@mine')
    expect(queue.stateOf('person/main/mine')).toBe('FAILED check-failed')
    expect(queue.stateOf('a')).toBe('CHECKING frozen')
    expect(queue.waits('a')).toContain('mend it there with another commit')
    expect(await queue.refuse({ type: 'entry.remove', entryId: 'person/main/mine' })).toContain(
      'is on the target already',
    )
    await queue.see(advanced('mended'))
    expect(queue.running()[0]).toBe('unit person/main/mine@mended')
    await queue.pass('person/main/mine@mended')
    expect(queue.stateOf('a')).toBe('CHECKING')
  })

  it('and takes back is taken back here too', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(advanced('mine'))
    await queue.fail('person/main/mine@mine')
    await queue.see({ kind: 'followed', landed: 'main-0' })
    expect(queue.states()).toBe('a CHECKING, person/main/mine CANCELLED withdrawn')
    await queue.see(advanced('mine'))
    expect(queue.stateOf('person/main/mine')).toBe('CHECKING')
  })

  it('is tried again when the target is thawed', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(advanced('mine'))
    await queue.fail('person/main/mine@mine')
    await queue.accept({ type: 'target.thaw', target: 'main' })
    expect(queue.running()).toEqual(['unit person/main/mine@mine', 'unit person/main/mine@mine a'])
  })
})

describe('a target that was rewound or deleted', () => {
  const rewound = { kind: 'rewound', landed: 'main-0', head: 'older' } as const

  it('freezes its queue and asks', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(rewound)
    await queue.see(rewound)
    expect(queue.eventsOf('target.frozen')).toHaveLength(1)
    expect(queue.stateOf('a')).toBe('CHECKING frozen')
    expect(queue.waits('a')).toContain('put it back, or thaw it and adopt the branch as it stands')
  })

  it('goes on where it was when it is put back and thawed', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(rewound)
    const { look } = queue.watch()
    await queue.accept({ type: 'target.thaw', target: 'main' })
    expect(queue.watch().look).toBe(look + 1)
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED')
  })

  it('is taken as it stands when that is asked', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(rewound)
    await queue.accept({ type: 'target.thaw', target: 'main', adopt: true })
    expect(queue.watch()).toMatchObject({ adopt: 'older', landed: undefined })
    expect(queue.waits('a')).toBe('nobody has looked yet where main stands')
    await queue.see({ kind: 'followed', landed: 'older' })
    expect(queue.effects('check')).toMatchObject([{ commit: 'older+a' }])
    expect(queue.watch().adopt).toBeUndefined()
  })

  it('that moves on while it is being adopted is asked about anew', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see(rewound)
    await queue.accept({ type: 'target.thaw', target: 'main', adopt: true })
    await queue.see({ ...rewound, head: 'oldest' })
    expect(queue.state.targets.get('main')!.freezes.get('rewound')).toMatchObject({ head: 'oldest' })
    await queue.accept({ type: 'target.thaw', target: 'main', adopt: true })
    await queue.see({ kind: 'followed', landed: 'oldest' })
    expect(queue.effects('check')).toMatchObject([{ commit: 'oldest+a' }])
  })

  it('freezes when it is gone', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.see({ kind: 'deleted', landed: 'main-0' })
    expect(queue.waits('a')).toContain('the branch is gone')
  })
})
