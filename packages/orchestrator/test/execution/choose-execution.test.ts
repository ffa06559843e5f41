import { builtInAdapter } from '@ws/tools'
import { expect, test } from 'vitest'
import { type AskedExecution, chooseExecution } from '../../src/execution/choose-execution.ts'

const { traits } = builtInAdapter('claude')!

/** What is chosen for a tool, with so many other tasks in its workstream. */
function chosen(
  asked: AskedExecution,
  { others = 0, isWarm = false, ...more }: Partial<typeof traits> & { others?: number; isWarm?: boolean },
): string {
  const { execution, because } = chooseExecution(
    asked,
    { traits: { ...traits, ...more } },
    { others, isWarm },
  )
  return `${execution}: ${because}`
}

test('a process is kept warm where more is to come for it, and the tool can be', () => {
  expect([
    chosen('auto', {}),
    chosen('auto', { others: 1 }),
    chosen('auto', { isWarm: true }),
    chosen('auto', { others: 1, modes: ['one-shot'] }),
    chosen('auto', { modes: ['long-running'] }),
    chosen('auto', { others: 1, framing: 'weak' }),
  ]).toEqual([
    'one-shot: its workstream has no other task for it',
    'pooled: its workstream has more tasks for it',
    'pooled: it is warm from an earlier task',
    'one-shot: a process of it takes one prompt',
    'pooled: it runs in no other way',
    'one-shot: the end of its turns is a guess',
  ])
})

test('what a setting says is done, whatever else is the case', () => {
  expect([
    chosen('one-shot', { others: 3, isWarm: true }),
    chosen('pooled', {}),
    chosen('pooled', { framing: 'weak' }),
  ]).toEqual(['one-shot: as its settings say', 'pooled: as its settings say', 'pooled: as its settings say'])
})
