import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson } from '../../../src/plan/source/json-source.ts'

const problemsOf = (text: string) =>
  readJson(text).problems.map(({ message, span }) => `${span.start}: ${message}`)

test('JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', '\n', ' \t'), (text, around) => {
      const source = readJson(`${around}${text}${around}`)
      expect(source.problems).toEqual([])
      expect(source.value).toStrictEqual(JSON.parse(text))
    }),
  )
})

test('no text makes it throw, and what JSON.parse refuses is read only for comments and trailing commas', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0-1e\\ntru/*\n ') }), (text) => {
      const { value, problems } = readJson(text)
      expect(value === undefined).toBe(problems.some(({ code }) => code === 'WS_PLAN_SYNTAX'))
    }),
  )
})

test('comments and commas after the last entry are allowed', () => {
  const text = '\ufeff// one\n{ "a": [1, 2,], /* two\n lines */ "b": "// no comment", }'
  expect(readJson(text).value).toEqual({ a: [1, 2], b: '// no comment' })
})

test('a key that is there twice is named with both its place and its path, and the rest is still read', () => {
  const source = readJson('{ "a": { "b": 1, "b": 2 } }')
  expect(source.problems).toEqual([
    {
      code: 'WS_PLAN_DUPLICATE_KEY',
      message: '"b" is there twice',
      hint: 'keep one of them',
      span: { start: 17, end: 20 },
      at: ['a', 'b'],
    },
  ])
  expect(source.value).toEqual({ a: { b: 2 } })
})

test('a syntax error says what was expected and what is there', () => {
  expect(
    [
      '{ "a" 1 }',
      '[1 2]',
      '{ a: 1 }',
      '[1,',
      '"a\n"',
      '["\\x"]',
      '/* x',
      '[tru]',
      '[01]',
      '1 2',
      '',
      '["a',
      '"a\r"',
    ].flatMap(problemsOf),
  ).toMatchInlineSnapshot(`
    [
      "6: expected ":" after the name, found "1"",
      "3: expected "," or "]", found "2"",
      "2: expected a name in double quotes, found "a"",
      "3: expected a value, found the end of the text",
      "2: expected the closing quote before the end of the line, found the end of the line",
      "2: expected an escape that JSON knows; a backslash itself is written \\\\, found "\\x"",
      "0: expected the end of the comment, */, found "/*"",
      "1: expected a value, found "tru"",
      "1: expected a value, found "01"",
      "2: expected the end of the document, found "2"",
      "0: expected a value, found the end of the text",
      "1: expected a closing quote, found "",
      "2: expected the closing quote before the end of the line, found the end of the line",
    ]
  `)
})

test('a control character in a text is refused', () => {
  expect(problemsOf('"a\u0001"')).toEqual(['2: expected no control character in a text, found "\u0001"'])
})

test('a document without end of depth is refused, not overflown', () => {
  expect(problemsOf('['.repeat(100_000))).toEqual(['201: expected at most 200 levels, found "["'])
})

test('values and keys are located; what is missing is located at what should hold it', () => {
  const text = '{ "a": [ { "b": 1 } ] }'
  const { locate } = readJson(text)
  const at = (path: (string | number)[], isKey = false) => {
    const { start, end } = locate(path, isKey)
    return text.slice(start, end)
  }
  expect(at(['a', 0, 'b'])).toBe('1')
  expect(at(['a', 0, 'b'], true)).toBe('"b"')
  expect(at(['a', 0, 'c'])).toBe('{ "b": 1 }')
  expect(at(['c'])).toBe('{')
  expect(readJson('[').locate(['c'], false)).toEqual({ start: 0, end: 1 })
})

test('a key called __proto__ is a key like others', () => {
  expect(Object.keys(Object(readJson('{ "__proto__": { "x": 1 } }').value))).toEqual(['__proto__'])
})
