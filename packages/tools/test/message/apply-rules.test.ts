import { expect, test } from 'vitest'
import { applyRules } from '../../src/message/apply-rules.ts'
import { MessageRule } from '../../src/message/message-rule.ts'

test('says every part of every rule that holds, in order', () => {
  const rules: MessageRule[] = [
    { when: { type: 'begin' }, session: 'id', model: 'model' },
    { when: { type: ['begin', 'middle'], 'data.ok': true }, text: 'data.text' },
    { when: { type: 'end', error: { exists: false } }, end: 'completed' },
    { when: { type: { not: 'begin' } }, delta: 'data.text' },
    { when: { type: { matches: '^BEG' } }, retrying: { attempt: 'try', detail: ['why', 'status'] } },
  ]
  const begin = {
    type: 'begin',
    id: 's1',
    model: 'm',
    data: { ok: true, text: 'hello' },
    try: 2,
    why: 'busy',
    status: 529,
  }
  expect([...applyRules(rules, begin)]).toEqual([
    { says: 'session', id: 's1' },
    { says: 'model', model: 'm' },
    { says: 'text', text: 'hello', part: 'piece' },
    { says: 'retrying', attempt: 2, detail: 'busy 529' },
  ])
  expect([...applyRules(rules, { type: 'end', error: null })]).toEqual([
    { says: 'end', outcome: 'completed' },
  ])
  expect([...applyRules(rules, { type: 'end', error: {} })]).toEqual([])
})

test('goes through the entries of a list, each on its own', () => {
  const rules: MessageRule[] = [
    {
      each: 'content[]',
      where: { type: 'tool' },
      tool: { id: 'id', name: 'name', status: 'started', paths: ['input.path'] },
    },
  ]
  const message = {
    content: [{ type: 'tool', id: '1', name: 'Edit', input: { path: 'a' } }, { type: 'text' }],
  }
  expect([...applyRules(rules, message)]).toMatchObject([
    { says: 'tool', id: '1', name: 'Edit', paths: ['a'] },
  ])
})

test('reads usage from several places, and says nothing where no number is there', () => {
  const rules: MessageRule[] = [
    {
      usage: {
        scope: 'turn',
        id: 'id',
        input: ['in', 'cache.read'],
        output: ['out'],
        cached: ['cache.read'],
        costUsd: 'usd',
        guessed: { at: 'basis', value: 'unknown' },
      },
    },
  ]
  const message = { id: 'm1', in: 10, cache: { read: 5 }, out: 2, usd: 0.5, basis: 'unknown' }
  expect([...applyRules(rules, message)]).toEqual([
    {
      says: 'usage',
      reading: {
        scope: 'turn',
        id: 'm1',
        inputTokens: 15,
        outputTokens: 2,
        cachedTokens: 5,
        costUsd: 0.5,
        isGuess: true,
      },
    },
  ])
  expect([...applyRules(rules, { in: 'many' })]).toEqual([])
})

test('a rule is checked before it is used', () => {
  expect(MessageRule.safeParse({ when: { type: { matches: '(' } }, end: 'completed' }).success).toBe(false)
  expect(MessageRule.safeParse({ ende: 'completed' }).success).toBe(false)
})
