import type { ToolAdapter } from '../adapter/tool-adapter.ts'
import { acp } from '../protocols/acp/acp-connection.ts'
import type { AcpSpec } from '../protocols/acp/acp-spec.ts'
import { type AdapterExtras, type AdapterSpec, toolAdapter } from './adapter-spec.ts'

/** An agent that speaks the Agent Client Protocol. */
export interface AcpAgentOptions extends AdapterExtras {
  readonly tool: string
  /** The program. */
  readonly command: string
  /** What makes it speak the protocol, such as `['acp']`. */
  readonly args?: readonly string[]
  readonly spec?: AcpSpec
}

/** An adapter for any ACP agent. What it may do is asked for each time, unless its modes are named in `spec`. */
export function acpAgent({ tool, command, args = [], spec = {}, pricing }: AcpAgentOptions): ToolAdapter {
  return toolAdapter(acpAgentSpec({ tool, command, args, spec }), { pricing })
}

/** The description behind `acpAgent`. */
export function acpAgentSpec({
  tool,
  command,
  args = [],
  spec = {},
}: Omit<AcpAgentOptions, 'pricing'>): AdapterSpec {
  return {
    tool,
    traits: {
      modes: ['long-running'],
      sessions: 'many',
      directory: 'session',
      resumes: true,
      interrupts: true,
      resets: true,
      asks: true,
      usage: 'turn',
      reportsCost: false,
      framing: 'protocol',
    },
    launch: () => ({ commands: [command], args, env: {}, passEnv: [] }),
    protocols: { 'long-running': acp(spec) },
    kinds: { write: ['edit', 'delete', 'move'], command: ['execute'] },
  }
}
