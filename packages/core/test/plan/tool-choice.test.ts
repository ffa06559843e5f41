import { expect, test } from 'vitest'
import { Plan, type PlanInput } from '../../src/plan/plan.ts'
import type { TaskInput } from '../../src/plan/task.ts'
import { type KnownTool, knownTools, toolsFor } from '../../src/plan/tool-choice.ts'

const registry: readonly KnownTool[] = [
  { name: 'claude-cli', capabilities: ['planning', 'tests'], costHint: 1, fallback: ['aider'] },
  { name: 'aider', capabilities: ['python', 'testing'], costHint: 0.6, fallback: ['cursor'] },
  { name: 'cursor', capabilities: ['docs'], costHint: 0.4, fallback: ['claude'] },
]

function choose(
  task: Partial<TaskInput>,
  { owner, ...more }: Partial<PlanInput> & { owner?: string } = {},
): string {
  const stream = {
    id: 'w',
    tasks: [{ id: 't', prompt: 'Do it', ...task }],
    ...(owner === undefined ? {} : { owner }),
  }
  const plan = Plan.parse({ workstreams: [stream], ...more })
  const [workstream] = plan.workstreams
  return toolsFor(workstream!.tasks[0]!, workstream!, plan, knownTools(plan, registry))
    .map(({ name }) => name)
    .join(' ')
}

test('a tool that is named is taken, then what stands in for it, each once', () => {
  expect(choose({ tool: 'Claude' })).toBe('claude aider cursor-agent')
  expect(choose({ tool: 'CURSOR' })).toBe('cursor-agent claude aider')
  expect(choose({ tool: 'mine' })).toBe('mine')
})

test('an owner that is a tool is taken where none is named', () => {
  expect(choose({}, { owner: 'Aider' })).toBe('aider cursor-agent claude')
  expect(choose({ tool: 'cursor' }, { owner: 'Aider' })).toBe('cursor-agent claude aider')
  expect(choose({ capabilities: ['documentation'] }, { owner: 'Dora' })).toBe('cursor-agent')
})

test('capabilities choose among those that have all of them, the cheapest first', () => {
  expect(choose({ capabilities: ['testing'] })).toBe('aider claude')
  expect(choose({ capabilities: ['tests', 'planning'] })).toBe('claude')
  expect(choose({ capabilities: ['knitting'] })).toBe('')
})

test('the default is for tasks that ask for nothing, and goes first among the able', () => {
  const defaults = { tool: 'claude' }
  expect(choose({}, { defaults })).toBe('claude aider cursor-agent')
  expect(choose({ capabilities: ['testing'] }, { defaults })).toBe('claude aider')
  expect(choose({ capabilities: ['docs'] }, { defaults })).toBe('cursor-agent')
})

test('a plan adds tools, and changes those of the registry', () => {
  const tools = { mine: { capabilities: ['docs'], costHint: 0.1 }, Claude: { capabilities: ['docs'] } }
  expect(choose({ capabilities: ['docs'] }, { tools })).toBe('mine cursor-agent claude')
})
