import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeIssues, list, quote } from '../../../src/plan/problem/describe-issue.ts'

function said(schema: z.ZodType, value: unknown): (string | undefined)[] {
  const { error } = schema.safeParse(value)
  return [...describeIssues(schema, error?.issues ?? [], value)].flatMap(({ message, hint }) =>
    hint === undefined ? [message] : [message, hint],
  )
}

test.each<[expected: string, schema: z.ZodType, value: unknown]>([
  ['expected a text, found 7', z.string(), 7],
  ['expected a text, found true', z.string(), true],
  ['expected a text, found a list', z.string(), [1]],
  ['expected a text, found an empty list', z.string(), []],
  ['expected a text, found a map', z.string(), {}],
  ['expected a text, found nothing', z.string(), null],
  ['expected a text, found function', z.string(), () => 1],
  ['expected null, found "x"', z.null(), 'x'],
  ['expected a or b, found "c"', z.enum(['a', 'b']), 'c'],
  ['expected at least 2, found 1', z.number().min(2), 1],
  ['expected more than 0, found 0', z.number().positive(), 0],
  ['expected at least 1 entries, found an empty list', z.array(z.string()).min(1), []],
  ['expected at most 3, found 4', z.number().max(3), 4],
  ['expected at most 1 entries, found a list', z.array(z.string()).max(1), ['a', 'b']],
  ['expected one letter, found "ab"', z.string().regex(/^.$/, 'expected one letter'), 'ab'],
  ['expected something else (no such day), found "x"', z.string().regex(/^\d+$/, 'no such day'), 'x'],
  ['expected at least 3, found "ab"', z.record(z.string().min(3), z.int()), { ab: 1 }],
])('%s', (expected, schema, value) => {
  expect(said(schema, value)).toEqual([expected])
})

test('what is missing is named, with its description where there is one', () => {
  const schema = z.object({ a: z.string(), b: z.string().describe('The name of it.') })
  expect(said(schema, {})).toEqual(['"a" is missing', '"b" is missing', 'add it: the name of it'])
  expect(said(schema, undefined)).toEqual(['"the plan" is missing'])
  const deeper = z.object({ a: z.string() }).refine(() => false, { path: ['a', 'b'] })
  expect(said(deeper, { a: 'x' })).toEqual(['"b" is missing'])
})

test('a setting that is not known is named with the map it stands in, where that has a name', () => {
  const settings = z.strictObject({ name: z.string().optional() })
  expect(said(settings, { nmae: 'x' })).toEqual(['"nmae" is not a setting of this', 'did you mean "name"?'])
  expect(said(settings.meta({ title: 'tool' }), { zzz: 1 })).toEqual([
    '"zzz" is not a setting of the tool',
    'expected one of name',
  ])
})

test('long texts are cut, and what a terminal would obey is left out', () => {
  expect(quote('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`)
  expect(quote('a\u001b\nb')).toBe('"a b"')
  expect(list(['a', 'b', 'c'], 'and', 2)).toBe('a, b, …')
})
