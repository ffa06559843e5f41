import { expect, test } from 'vitest'
import { redactSecrets, secretRedactor } from '../../src/wire/secret-redactor.ts'
import { terminalSanitizer } from '../../src/wire/terminal-sanitizer.ts'
import { chain } from '../../src/wire/text-transform.ts'

test('one after another, so that colours inside of a secret do not hide it', () => {
  const both = chain(terminalSanitizer(), secretRedactor({ secrets: ['hunter2hunter2'] }))
  const shown = ['key: hunter2', '\u001b[', '31mhunter2 ', 'done\r'].map((piece) => both.push(piece)).join('')
  expect(shown + both.end()).toBe('key: [secret] done\n')
  expect(redactSecrets('key: hunter2')).toBe('key: hunter2')
})
