import { expect, test } from 'vitest'
import { readSource } from '../../../src/plan/source/read-source.ts'

const read = async (text: string) => {
  const { value, problems } = await readSource(text, {})
  return value ?? problems.map(({ message }) => message)
}

test('braces hold JSON, or YAML where it is none', async () => {
  expect(await read('// one\n{ "a": 1, }')).toEqual({ a: 1 })
  expect(await read('{ a: [b, c] }')).toEqual({ a: ['b', 'c'] })
})

test('what is neither was meant for JSON', async () => {
  expect(await read('{ "a" 1')).toEqual(['expected ":" after the name, found "1"'])
})
