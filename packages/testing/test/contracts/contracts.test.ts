// The rest is run where what it is about is: in the packages of the tools, the pool and the orchestrator.
import { systemClock } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import { describe, test } from 'vitest'
import { adapterContract, clockContract, echoTool } from '../../src/index.ts'

describe('the clock of this machine', () => {
  for (const { title, run } of clockContract) {
    test(title, () => {
      const clock = systemClock()
      const pass = (ms: number) => new Promise<void>((resolve) => clock.wakeAt(clock.now() + ms, resolve))
      return run({ clock, pass })
    })
  }
})

describe('a clock in the hand of a test', () => {
  for (const { title, run } of clockContract) {
    test(title, () => {
      const clock = new ManualClock(1_000_000)
      return run({ clock, pass: (ms) => Promise.resolve(clock.advanceBy(ms)) })
    })
  }
})

describe('the line protocol', () => {
  for (const { title, run } of adapterContract) {
    test(title, () => {
      const adapter = echoTool()
      // What it starts is a script for Node: the program that stands for it is Node alone.
      return run({ adapter, program: { command: process.execPath, args: [], env: {} }, answer: 'Hello' })
    })
  }
})
