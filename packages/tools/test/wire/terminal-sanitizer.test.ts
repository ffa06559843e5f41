import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitizeTerminalText, terminalSanitizer } from '../../src/wire/terminal-sanitizer.ts'

test.each([
  ['plain text\twith a tab\n', 'plain text\twith a tab\n'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007shown', 'shown'],
  ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bP1$r0m\u001b\\after a device control string', 'after a device control string'],
  ['\u001b_Ga=T,f=100;AAAA\u001b\\after an application command', 'after an application command'],
  ['\u001b^private\u001b\\a\u001bXstring\u001b\\b', 'ab'],
  ['\u009b31mred, with one byte\u009b0m', 'red, with one byte'],
  ['\u001b(Bcharacter set', 'character set'],
  ['10 %\r20 %\r\n30 %\r', '10 %\n20 %\n30 %\n'],
  ['safe\u202Etxt.exe\u2066\u200f', 'safetxt.exe'],
  ['bell\u0007 null\u0000 delete\u007f', 'bell null delete'],
  ['\u001b[?25l\u001b[2Khidden cursor', 'hidden cursor'],
  ['\u001b]0;no end\u001b[31mred', 'red'],
  ['zwj 👩‍👩‍👧 stays', 'zwj 👩‍👩‍👧 stays'],
])('of %j leaves %j', (text, left) => {
  expect(sanitizeTerminalText(text)).toBe(left)
})

test('keeps colours where asked, and nothing else', () => {
  expect(sanitizeTerminalText('\u001b[1;31mred\u001b[0m\u001b[2J\u001b[>4m', { keepColors: true })).toBe(
    '\u001b[1;31mred\u001b[0m',
  )
})

const pieces = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      '\u001b',
      '\u001b[',
      '\u001b]',
      '\u001bP',
      '\u001b\\',
      '\u0007',
      '\u009b',
      '\r',
      '\n',
      '\u202e',
      'm',
      ';',
      '31',
    ),
  ),
  { maxLength: 30 },
)

test('leaves the same text wherever it is cut', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const sanitizer = terminalSanitizer()
      const left = parts.map((part) => sanitizer.push(part)).join('') + sanitizer.end()
      expect(left).toBe(sanitizeTerminalText(parts.join('')))
    }),
  )
})

test('leaves nothing that speaks to a terminal', () => {
  const harmless = /^[^\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u
  fc.assert(
    fc.property(pieces, (parts) => {
      expect(sanitizeTerminalText(parts.join('')).replace(/[\t\n]/g, '')).toMatch(harmless)
    }),
  )
})

test('shows what follows a sequence that never ends', () => {
  const text = `\u001b]0;${'x'.repeat(5_000)} and then the answer`
  expect(sanitizeTerminalText(text)).toMatch(/ and then the answer$/)
})
