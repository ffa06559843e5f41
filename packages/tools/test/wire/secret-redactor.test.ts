import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactSecrets, secretRedactor } from '../../src/wire/secret-redactor.ts'

const key = 'sk-abcdefghijklmnopqrstuvwxyz0123'

test.each([
  ['the value of a secret', 'key=hunter2hunter2 end', 'key=[secret] end'],
  ['a key of a known form', `export KEY=${key}\n`, 'export KEY=[secret]\n'],
  ['a token of GitHub', `ghp_${'a1'.repeat(18)} x`, '[secret] x'],
  ['a web token', `eyJ${'a'.repeat(12)}.eyJ${'b'.repeat(12)}.${'c'.repeat(12)} x`, '[secret] x'],
  [
    'a private key',
    `-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter`,
    '[secret]\nafter',
  ],
])('masks %s', (_what, text, masked) => {
  expect(redactSecrets(text, { secrets: ['hunter2hunter2'] })).toBe(masked)
})

test('leaves short values and ordinary words alone', () => {
  const text = 'task-list, risk-free, eyJ, sk- and AKIA are no keys; yes is no secret'
  expect(redactSecrets(text, { secrets: ['yes'] })).toBe(text)
})

test('masks a secret that begins with another as a whole', () => {
  expect(redactSecrets('abcdefgh12345678!', { secrets: ['abcdefgh', 'abcdefgh12345678'] })).toBe('[secret]!')
})

const parts = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      key,
      key.slice(0, 9),
      key.slice(9),
      'sk-',
      's',
      'k-',
      'hunter2',
      'hunter2hunter2',
      'r2',
      ' ',
      '\n',
      'eyJ',
      '-----BEGIN ',
    ),
  ),
  { maxLength: 12 },
)

test('masks the same wherever the text is cut', () => {
  fc.assert(
    fc.property(parts, (pieces) => {
      const redactor = secretRedactor({ secrets: ['hunter2hunter2'] })
      const masked = pieces.map((piece) => redactor.push(piece)).join('') + redactor.end()
      expect(masked).toBe(redactSecrets(pieces.join(''), { secrets: ['hunter2hunter2'] }))
    }),
    { numRuns: 500 },
  )
})

test('lets no half of a key through that arrives letter by letter', () => {
  const redactor = secretRedactor()
  let shown = ''
  for (const char of `use ${key} now`) shown += redactor.push(char)
  expect(shown + redactor.end()).toBe('use [secret] now')
  expect(shown).not.toContain('abc')
})

test('passes ordinary text on at once', () => {
  const redactor = secretRedactor({ secrets: ['hunter2hunter2'] })
  expect(redactor.push('nothing to hide\n')).toBe('nothing to hide\n')
})
