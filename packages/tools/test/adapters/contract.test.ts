import { adapterContract, fakeAgent, type FakeTool } from '@ws/testing'
import { describe, test } from 'vitest'
import { acpAgent, builtInAdapter, genericTool, type ToolAdapter, toolAdapter } from '../../src/index.ts'

const answer = 'All is done.'

interface Subject {
  readonly name: string
  readonly adapter: ToolAdapter
  /** The fake that speaks its format. */
  readonly speaks: FakeTool
}

const builtIn = ['claude', 'codex', 'gemini', 'opencode', 'copilot', 'qwen', 'aider'] as const

const subjects: readonly Subject[] = [
  ...builtIn.flatMap((name) => {
    const spec = builtInAdapter(name)
    return spec === undefined ? [] : [{ name, adapter: toolAdapter(spec), speaks: name }]
  }),
  {
    name: 'any ACP agent',
    adapter: acpAgent({ tool: 'agent', command: 'agent', args: ['acp'] }),
    speaks: 'opencode',
  },
  {
    name: 'any program that exits after its answer',
    adapter: genericTool({ tool: 'plain', command: 'plain', talk: { end: { exit: true } } }),
    speaks: 'lines',
  },
]

describe.each(subjects)('$name', ({ adapter, speaks }) => {
  for (const { title, run } of adapterContract) {
    test(title, async () => {
      const program = await fakeAgent({ tool: speaks, script: [[{ say: answer }]] })
      try {
        await run({ adapter, program, answer })
      } finally {
        await program.close()
      }
    })
  }
})
