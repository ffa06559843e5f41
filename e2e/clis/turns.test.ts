import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { priceOf } from './real-tools.ts'
import { describeRealTools, isIn, withRealTool } from './with-real-tool.ts'

const CALL = { in: 1000, out: 20 }
const WRITE = { write: 'hello.txt', content: 'hello\n', usage: CALL }

describeRealTools('turns', (tool) => {
  it.each(['pooled', 'one-shot'] as const)(
    '%s: an edit lands in the worktree, and its cost is told',
    (execution) =>
      withRealTool(tool, async ({ launch, cwd, repository, changes }) => {
        const cluster = await launch({ execution })
        const turn = await cluster.prompt(
          `Say hello. ${modelScript([WRITE, { say: 'Written.', usage: CALL }])}`,
        )
        expect(readFileSync(join(cwd, 'hello.txt'), 'utf8')).toBe('hello\n')
        expect(changes()).toMatch(/hello\.txt$/)
        expect(repository.git('status', '--porcelain')).toBe('')
        expect(turn.text).toContain('Written.')
        const calls = tool.callsForEdit
        const told = { all: calls, last: 1, none: undefined }[tool.tokens[execution]]
        if (told !== undefined)
          expect(turn.usage).toMatchObject({ inputTokens: told * CALL.in, outputTokens: told * CALL.out })
        if (tool.saysCost) expect(turn.costUsd).toBeCloseTo(priceOf(CALL, calls), 6)
      }),
  )

  it('a second turn of the session knows the first, and counts only itself', () =>
    withRealTool(tool, async ({ launch, model }) => {
      const cluster = await launch()
      const session = 'task-1'
      await cluster.prompt(`Say hello. ${modelScript([WRITE, { say: 'Written.', usage: CALL }])}`, {
        session,
      })
      const before = model.requests.length
      // Little enough that nobody rounds: one of them shows whole cents from the first cent on.
      const usage = { in: 1500, out: 40 }
      const turn = await cluster.prompt(`What was that? ${modelScript([{ say: 'A greeting.', usage }])}`, {
        session,
      })
      expect(turn.text).toContain('A greeting.')
      const asked = model.requests.slice(before).filter(({ kind }) => kind === 'scripted')
      expect(isIn('Say hello.', asked[0]?.body)).toBe(true)
      if (tool.tokens.pooled !== 'none')
        expect(turn.usage).toMatchObject({ inputTokens: usage.in, outputTokens: usage.out })
      if (tool.saysCost) expect(turn.costUsd).toBeCloseTo(priceOf(usage, 1), 6)
    }))

  it('takes prompts of many lines that begin like a command and hold what shells and JSON would choke on', () =>
    withRealTool(tool, async ({ launch, model }) => {
      const cluster = await launch()
      const text = `Look:\n/exit "quoted" $(no) \`none\` {brace}\n\n${'word '.repeat(2000)}\n`
      const turn = await cluster.prompt(`${text}${modelScript([{ say: 'Read.' }])}`)
      expect(turn.text).toContain('Read.')
      const asked = model.requests.findLast(({ kind }) => kind === 'scripted')
      expect(isIn('/exit "quoted" $(no) `none` {brace}', asked?.body)).toBe(true)
    }))

  it('several instances work side by side, each in its own worktree', () =>
    withRealTool(tool, async ({ launch, addWorktree }) => {
      const cluster = await launch({ count: 2, execution: 'one-shot' })
      const folders = ['one', 'two', 'three'].map((name) => addWorktree(name))
      const turns = folders.map((cwd, at) => {
        const script = modelScript([{ write: 'own.txt', content: `${at}\n` }, { say: 'Written.' }])
        return cluster.prompt(`Write. ${script}`, { cwd })
      })
      await Promise.all(turns)
      expect(folders.map((cwd) => readFileSync(join(cwd, 'own.txt'), 'utf8'))).toEqual(['0\n', '1\n', '2\n'])
    }))
})
