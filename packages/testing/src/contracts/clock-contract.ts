import assert from 'node:assert/strict'
import type { Clock } from '@ws/core'
import type { ContractCase } from '../journal-contract/journal-contract.ts'

/** A clock, and how a test lets its time pass. */
export interface ClockPlace {
  readonly clock: Clock
  /** Resolves when this much has passed, and whoever was to be woken by then has been. */
  pass(ms: number): Promise<void>
}

/** What every `Clock` must do. */
export const clockContract: readonly ContractCase<ClockPlace>[] = [
  {
    title: 'time passes, and monotonic time never runs backwards',
    async run({ clock, pass }) {
      const [wall, monotonic] = [clock.now(), clock.monotonic()]
      assert.ok(clock.monotonic() >= monotonic)
      await pass(20)
      assert.ok(clock.monotonic() > monotonic)
      assert.ok(clock.now() > wall)
    },
  },
  {
    title: 'a wish to be woken is fulfilled once, and not at once',
    async run({ clock, pass }) {
      let woken = 0
      clock.wakeAt(clock.now() + 5, () => (woken += 1))
      assert.equal(woken, 0)
      await pass(30)
      assert.equal(woken, 1)
      await pass(30)
      assert.equal(woken, 1)
    },
  },
  {
    title: 'a time that is over already wakes later, never while it is wished',
    async run({ clock, pass }) {
      let woken = 0
      clock.wakeAt(clock.now() - 1_000, () => (woken += 1))
      assert.equal(woken, 0)
      await pass(20)
      assert.equal(woken, 1)
    },
  },
  {
    title: 'a wish that was taken back is forgotten, and taking it back twice is nothing',
    async run({ clock, pass }) {
      const woken: string[] = []
      const cancel = clock.wakeAt(clock.now() + 5, () => woken.push('taken back'))
      clock.wakeAt(clock.now() + 5, () => woken.push('kept'))
      cancel()
      cancel()
      await pass(30)
      assert.deepEqual(woken, ['kept'])
      cancel()
    },
  },
  {
    title: 'whoever is to be woken earlier is woken earlier',
    async run({ clock, pass }) {
      const woken: string[] = []
      clock.wakeAt(clock.now() + 40, () => woken.push('later'))
      clock.wakeAt(clock.now() + 5, () => woken.push('sooner'))
      await pass(80)
      assert.deepEqual(woken, ['sooner', 'later'])
    },
  },
]
