// The real CLIs, how each is told to ask the mock model, and what it is known to be able to do.
import type { ModelUsage } from '@ws/testing'

/** A CLI and what it is called with. */
export interface RealTool {
  readonly name: string
  readonly model: string
  /** Settings of a registry entry; `home` is a folder of the test's own. */
  settings(place: { readonly url: string; readonly home: string }): Readonly<Record<string, unknown>>
  /** Keys that it takes from its surroundings. */
  readonly env: Readonly<Record<string, string>>
  /** Files that have to lie in its home. */
  readonly files?: Readonly<Record<string, unknown>>
  /** How often it asks the model for one edit and a word about it. */
  readonly callsForEdit: 1 | 2
  /** Which of its calls it tells the tokens of. */
  readonly tokens: Readonly<Record<'pooled' | 'one-shot', 'all' | 'last' | 'none'>>
  readonly saysCost: boolean
  /** It can be told to ask before it writes. */
  readonly asks: boolean
  /** A warm process takes up a session that another one has begun. */
  readonly resumes: boolean
  /** It has a shell. */
  readonly runs: boolean
}

/** USD for a million tokens, for those that are told. */
const PRICES = { input: 3, output: 15 }

const ALL = { pooled: 'all', 'one-shot': 'all' } as const
const ABLE = { callsForEdit: 2, tokens: ALL, saysCost: false, asks: true, resumes: true, runs: true } as const

export const REAL_TOOLS: readonly RealTool[] = [
  {
    ...ABLE,
    name: 'claude',
    model: 'claude-sonnet-4-5',
    // As root, which these tests are in a namespace of their own, it does everything unasked only in a sandbox.
    settings: ({ url }) => ({ baseUrl: url, env: { IS_SANDBOX: '1' } }),
    env: { ANTHROPIC_API_KEY: 'none' },
    saysCost: true,
  },
  {
    ...ABLE,
    name: 'codex',
    model: 'gpt-5.5',
    settings: ({ url }) => ({ baseUrl: `${url}/v1`, provider: 'mock', keyEnv: 'MOCK_KEY' }),
    env: { MOCK_KEY: 'none' },
  },
  {
    ...ABLE,
    name: 'gemini',
    model: 'gemini-2.5-flash',
    settings: ({ url }) => ({ baseUrl: url }),
    env: { GEMINI_API_KEY: 'none' },
    resumes: false,
  },
  {
    ...ABLE,
    name: 'opencode',
    model: 'mock/mock-model',
    settings: ({ url }) => ({
      baseUrl: `${url}/v1`,
      provider: 'mock',
      keyEnv: 'MOCK_KEY',
      modelInfo: { limit: { context: 200_000, output: 8_000 }, cost: PRICES },
    }),
    env: { MOCK_KEY: 'none' },
    // The cost that it tells is the whole one.
    tokens: { pooled: 'last', 'one-shot': 'all' },
    saysCost: true,
  },
  {
    ...ABLE,
    name: 'copilot',
    model: 'mock-model',
    settings: ({ url }) => ({ baseUrl: `${url}/v1` }),
    env: { COPILOT_PROVIDER_API_KEY: 'none' },
    tokens: { pooled: 'all', 'one-shot': 'none' },
  },
  {
    ...ABLE,
    name: 'qwen',
    model: 'mock-model',
    settings: ({ url }) => ({ baseUrl: `${url}/v1` }),
    env: { OPENAI_API_KEY: 'none' },
  },
  {
    ...ABLE,
    name: 'aider',
    model: 'openai/mock-model',
    settings: ({ url, home }) => ({
      baseUrl: `${url}/v1`,
      args: [
        ...['--edit-format', 'diff', '--weak-model', 'openai/mock-model'],
        // What it does not find there it looks up on the web.
        ...['--model-metadata-file', `${home}/models.json`],
      ],
    }),
    env: { OPENAI_API_KEY: 'none' },
    files: {
      'models.json': {
        'openai/mock-model': {
          litellm_provider: 'openai',
          mode: 'chat',
          max_input_tokens: 200_000,
          input_cost_per_token: PRICES.input / 1_000_000,
          output_cost_per_token: PRICES.output / 1_000_000,
        },
      },
    },
    callsForEdit: 1,
    saysCost: true,
    asks: false,
    resumes: false,
    runs: false,
  },
]

/** USD for what the model was asked, at the prices that are told, or are the tool's own for the model that is named. */
export function priceOf({ in: input, out }: ModelUsage, calls: number): number {
  return (calls * (input * PRICES.input + out * PRICES.output)) / 1_000_000
}
