import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readYaml } from '../../../src/plan/source/yaml-source.ts'

async function problemsOf(text: string): Promise<string[]> {
  return (await readYaml(text)).problems.map(
    ({ message, hint, span }) => `${span.start}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
  )
}

test('YAML is read, merge keys included', async () => {
  const source = await readYaml('base: &base { tool: aider, retries: 1 }\ntask: { <<: *base, retries: 3 }\n')
  expect(source.problems).toEqual([])
  expect(source.value).toEqual({ base: { tool: 'aider', retries: 1 }, task: { tool: 'aider', retries: 3 } })
})

test('mistakes of YAML are named in words that help', async () => {
  const texts = [
    'a:\n\t- b\n',
    'a: b: c\n',
    'a: @x\n',
    'a: [1, 2\nb: 3\n',
    'a: 1\n---\nb: 1\n',
    'a: "x\n',
    '- a\nb: 1\n',
    'a: [**]',
    'a: &x [*x]',
  ]
  expect((await Promise.all(texts.map(problemsOf))).flat()).toMatchInlineSnapshot(`
    [
      "3: a tab cannot indent in YAML; use spaces",
      "3: this text holds ": ", which begins a setting; put the text in quotes, or write it below "|"",
      "3: YAML keeps this character for itself; put the text in quotes",
      "9: this line is not indented as the ones around it; begin the settings of a map in one column, and close every "[" and "{"",
      "5: a second document begins here; write each document into a file of its own",
      "6: not valid YAML: missing closing quote",
      "4: not valid YAML: unexpected scalar at node end",
      "4: "**" refers to "&*", which is nowhere before it; if it is a glob, put it in quotes: "**"",
      "7: "*x" refers to what it is part of; if it is a glob, put it in quotes: "*x"",
    ]
  `)
})

test('every key that is there twice is named with its path', async () => {
  const { problems, value } = await readYaml('a: { b: 1, b: 2 }\nc:\n  - d: 1\n    d: 2\n')
  expect(problems.map(({ at, span }) => [at, span.start])).toEqual([
    [['a', 'b'], 11],
    [['c', 0, 'd'], 34],
  ])
  expect(value).toEqual({ a: { b: 2 }, c: [{ d: 2 }] })
  expect((await readYaml('? \n? \n')).problems).toMatchObject([
    { message: 'a setting is there twice', at: [] },
  ])
})

test('a bomb of references is refused', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) =>
      `l${level}: &l${level} [${Array(9)
        .fill(level === 0 ? 'x' : `*l${level - 1}`)
        .join(', ')}]`,
  )
  const { value, problems } = await readYaml(levels.join('\n'))
  expect(value).toBeUndefined()
  expect(problems).toHaveLength(1)
})

test('only maps are merged', async () => {
  const problems = [
    'a: { <<: 0 }',
    'a: { << }',
    'a: &x 1\nb: { <<: *x }',
    'a: { <<: [{ b: 1 }, 2] }',
    '{ <<: }',
  ].map(problemsOf)
  expect((await Promise.all(problems)).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1])
  expect((await readYaml('a: { "<<": 0 }')).value).toEqual({ a: { '<<': 0 } })
})

test('nesting without end is refused, not overflown', async () => {
  const { value, problems } = await readYaml('['.repeat(50_000))
  expect(value).toBeUndefined()
  expect(problems.map(({ message }) => message)).toEqual(['expected fewer levels than this document has'])
})

test('places are found through references and merge keys', async () => {
  const text = 'x: &t\n  tool: aider\n  needs: [a, b]\ntasks:\n  - *t\n  - { <<: *t, id: n1 }\n  -\n'
  const { locate } = await readYaml(text)
  const at = (path: (string | number)[], isKey = false) => {
    const { start, end } = locate(path, isKey)
    return text.slice(start, end)
  }
  expect(at(['tasks', 0, 'needs', 1])).toBe('b')
  expect(at(['tasks', 1, 'tool'])).toBe('aider')
  expect(at(['tasks', 1, 'id'], true)).toBe('id')
  expect(at(['tasks', 1, 'prompt'])).toBe('{ <<: *t, id: n1 }')
  expect(locate(['tasks', 2], false).start).toBe(text.lastIndexOf('-') + 1)
})

test('no text makes it throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(...'{}[]",:- &*<|>#\n\ta1!?', '<<: ', '&a ', '*a', 'a: ') }),
      async (text) => {
        const source = await readYaml(text)
        source.locate(['a', 0, 'b'], true)
      },
    ),
  )
})

test('places are found in each of several maps that are merged', async () => {
  const text = 'a: &a { tool: aider }\nb: &b { model: m }\nt: { <<: [*a, *b] }\n'
  const { locate, value } = await readYaml(text)
  expect(value).toMatchObject({ t: { tool: 'aider', model: 'm' } })
  const at = (key: string) => text.slice(locate(['t', key], false).start, locate(['t', key], false).end)
  expect([at('tool'), at('model'), at('prompt')]).toEqual(['aider', 'm', 't'])
})
