import type { AgentProcess } from '../agent-process.ts'
import type { FakeTool } from '../agent-step.ts'

/** The argument that names the session that a process is started for. */
const flags: Readonly<Record<FakeTool, readonly string[]>> = {
  claude: ['--resume', '-r'],
  codex: ['resume'],
  gemini: ['--resume', '-r'],
  opencode: ['--session', '-s'],
  copilot: ['--resume'],
  qwen: ['--resume', '-r'],
  aider: [],
  lines: [],
}

/** Says that there is no such session, as the tool does before it does anything else; its exit code. */
export function refuseForgotten(tool: FakeTool, agent: AgentProcess): number | undefined {
  const id = agent.forgets ? askedFor(agent, flags[tool]) : undefined
  if (id === undefined) return undefined
  const { port } = agent
  switch (tool) {
    case 'claude': {
      const said = `No conversation found with session ID: ${id}`
      const zero = { num_turns: 0, total_cost_usd: 0, usage: { input_tokens: 0, output_tokens: 0 } }
      const head = { type: 'result', subtype: 'error_during_execution', is_error: true }
      port.json({ ...head, ...zero, stop_reason: null, session_id: id, modelUsage: {}, errors: [said] })
      port.text(`${said}\n`, 'err')
      return 1
    }
    case 'codex':
      port.text(
        `Error: thread/resume: thread/resume failed: no rollout found for thread id ${id} (code -32600)\n`,
        'err',
      )
      return 1
    case 'gemini':
      port.text('Error resuming session: No previous sessions found for this project.\n', 'err')
      return 42
    case 'opencode':
      port.text('\u001b[91m\u001b[1mError: \u001b[0mSession not found\n', 'err')
      return 1
    case 'copilot':
      port.text(`Error: No session, task, or name matched '${id}'.\n`, 'err')
      return 1
    case 'qwen':
      port.text(`No saved session found with ID ${id}.\n`, 'err')
      return 1
    case 'aider':
    case 'lines':
      return undefined
  }
}

function askedFor(agent: AgentProcess, names: readonly string[]): string | undefined {
  const joined = names.flatMap((name) => agent.argv.filter((argument) => argument.startsWith(`${name}=`)))
  return joined[0]?.slice(joined[0].indexOf('=') + 1) ?? agent.valueOf(...names)
}
