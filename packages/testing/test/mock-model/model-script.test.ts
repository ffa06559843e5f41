import { describe, expect, it } from 'vitest'
import { findScript, modelScript, scriptTurn } from '../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../src/mock-model/model-step.ts'

describe('findScript', () => {
  it('finds what modelScript wrote, whatever stands around it', () => {
    const steps: ModelStep[] = [
      { write: 'a.txt', content: 'brackets ]}[{ and "quotes" and \\ and\nlines' },
      { say: 'done', usage: { in: 5, out: 1 } },
    ]
    expect(findScript(`Do it: ${modelScript(steps)} [now] {please}`)).toEqual(steps)
  })

  it('takes the last one: earlier prompts are quoted before a new one', () => {
    const text = `${modelScript([{ say: 'old' }])}\n${modelScript([{ say: 'new' }])}`
    expect(findScript(text)).toEqual([{ say: 'new' }])
  })

  it('finds none in a text without the mark', () => {
    expect(findScript('write a poem')).toBeUndefined()
  })

  it.each([
    ['mock-model: please', 'no JSON list behind "mock-model:"'],
    ['mock-model:[{"say":"cut', 'no JSON list behind "mock-model:"'],
    ['mock-model:[7]', '7 is not a step'],
    [
      'mock-model:[{"shout":"x"}]',
      '{"shout":"x"} should have exactly one of write, edit, read, run, tool, say, status, hang, cut',
    ],
    ['mock-model:[{"write":"a.txt"}]', '{"write":"a.txt"} has no "content"'],
  ])('says what is wrong with %s', (text, problem) => {
    expect(findScript(text)).toEqual({ problem })
  })

  it('says where a list is no JSON', () => {
    expect(findScript("mock-model:[{'say':1}]")).toMatchObject({
      problem: expect.stringContaining("[{'say':1}]"),
    })
  })
})

describe('scriptTurn', () => {
  const steps: ModelStep[] = [
    { status: 500 },
    { run: 'ls' },
    { hang: true, times: 1 },
    { cut: true },
    { write: 'a', content: '' },
    { say: 'done' },
  ]

  it('gives each answer its own gates', () => {
    const turns = [0, 1, 2, 3].map((number) => scriptTurn(steps, number, () => true))
    expect(turns).toEqual([
      { gates: [{ status: 500 }], answers: [{ run: 'ls' }] },
      { gates: [{ hang: true, times: 1 }, { cut: true }], answers: [{ write: 'a', content: '' }] },
      { gates: [], answers: [{ say: 'done' }] },
      { gates: [], answers: [] },
    ])
  })

  it('joins steps up to where an answer ends', () => {
    const { gates, answers } = scriptTurn(steps, 0, (step) => 'say' in step)
    expect(gates).toHaveLength(3)
    expect(answers).toEqual([{ run: 'ls' }, { write: 'a', content: '' }, { say: 'done' }])
    expect(scriptTurn(steps, 1, (step) => 'say' in step)).toEqual({ gates: [], answers: [] })
  })

  it('keeps gates that stand behind the last answer', () => {
    expect(scriptTurn([{ say: 'a' }, { hang: true }], 1, () => true)).toEqual({
      gates: [{ hang: true }],
      answers: [],
    })
  })
})
