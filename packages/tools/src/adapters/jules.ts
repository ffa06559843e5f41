import type { AdapterSpec } from './adapter-spec.ts'

/**
 * Jules works in remote sessions: one is started, asked after, and its patch pulled into the worktree. The three
 * commands are described here from their documentation; none was run, and no protocol of ours speaks them yet. The
 * entry says what it would start, so that a plan may name the tool and a machine may say that it is missing.
 */
export const jules: AdapterSpec = {
  tool: 'jules',
  traits: {
    modes: [],
    sessions: 'one',
    directory: 'process',
    resumes: true,
    interrupts: false,
    resets: false,
    asks: false,
    usage: 'none',
    reportsCost: false,
    framing: 'exit',
  },
  launch: () => ({
    commands: ['jules'],
    args: ['remote', 'new', '--session'],
    env: {},
    passEnv: ['JULES_API_KEY'],
  }),
  protocols: {},
}
