import { expect, test } from 'vitest'
import { select, selectNumber, selectObject, selectText, selectTexts } from '../../src/message/select.ts'

const message = {
  item: { changes: [{ path: 'a' }, { path: 'b' }, { kind: 'add' }, 'odd'] },
  usage: { small: { tokens: 3 }, 'claude-4.5': { tokens: 4 } },
  text: 'hi',
}

test('follows keys, goes into lists and into the values of maps', () => {
  expect(selectTexts(message, 'item.changes[].path')).toEqual(['a', 'b'])
  expect(selectNumber(message, 'usage.*.tokens')).toBe(7)
  expect(selectText(message, 'text')).toBe('hi')
  expect(selectObject(message, 'usage.small')).toEqual({ tokens: 3 })
  expect(select(message, '')).toEqual([message])
})

test('finds nothing where something else stands, and never what only the prototype has', () => {
  expect(select(message, 'text.length')).toEqual([])
  expect(select(message, 'item.missing[].path')).toEqual([])
  expect(select(message, 'constructor')).toEqual([])
  expect(select(null, 'a.b')).toEqual([])
  expect(selectText(message, 'usage')).toBeUndefined()
  expect(selectNumber(message, 'text')).toBeUndefined()
})
