import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../transcripts/', import.meta.url))
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replaceAll('\\', '/'))

describe('transcripts', () => {
  it('are there of every tool, in both modes where it has two', () => {
    const modes = new Set(names.map((name) => name.split('/').slice(0, 2).join('/')))
    expect([...modes].toSorted()).toEqual([
      'aider/repl',
      'claude/one-shot',
      'claude/stream-json',
      'codex/app-server',
      'codex/one-shot',
      'copilot/acp',
      'copilot/one-shot',
      'gemini/acp',
      'gemini/one-shot',
      'opencode/acp',
      'opencode/one-shot',
      'qwen/acp',
      'qwen/one-shot',
    ])
  })

  it.each(names)('%s tells one process from its first line to its end', (name) => {
    const text = readFileSync(folder + name, 'utf8')
    const lines: readonly object[] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter((line) => 'exit' in line)).toEqual([lines.at(-1)])
    expect(lines.some((line) => 'dir' in line)).toBe(true)
    expect(existsSync(folder + name.replace('.jsonl', '.command.json'))).toBe(true)
    expect(text.length).toBeLessThan(60_000)
  })

  it.each(names)('%s tells nothing of where and when it was recorded', (name) => {
    const text = readFileSync(folder + name, 'utf8')
    expect(text).not.toMatch(/127\.0\.0\.1|localhost:\d|site-\w{6}/)
    expect(text).not.toMatch(/"[^"]*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-/)
    // The year 2000 stands for every other.
    expect(text).not.toMatch(/\b202\d-\d\d-\d\dT/)
    expect(text).not.toMatch(/":\s*1[5-9]\d{11}\b/)
  })
})
