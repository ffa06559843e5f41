// The real CLIs, how each is told to ask the mock model, and what it is known to be able to do.
import type { ModelUsage } from '@ws/testing'
import type { Departure } from './facts.ts'

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
  /** It can be told to ask before it writes. */
  readonly asks: boolean
  /** It has a shell. */
  readonly runs: boolean
  /** How long it goes on asking a model that refuses, where that is longer than a minute. */
  readonly patienceMs?: number
  /** What it does unlike the others. */
  readonly departs: readonly Departure[]
}

/** USD for a million tokens, for those that are told. */
const PRICES = { input: 3, output: 15 }

const ABLE = { callsForEdit: 2, asks: true, runs: true, departs: [] } as const

const NO_USD: Departure = {
  fact: 'USD that are told',
  is: 'none',
  because: 'It tells tokens only; a price table in the registry makes money of them.',
}
const NO_RESET: Departure = {
  fact: 'when the quota is there again',
  is: 'not told',
  because: 'It does not pass on the words of the service.',
}

export const REAL_TOOLS: readonly RealTool[] = [
  {
    ...ABLE,
    name: 'claude',
    model: 'claude-sonnet-4-5',
    // As root, which these tests are in a namespace of their own, it does everything unasked only in a sandbox.
    settings: ({ url }) => ({ baseUrl: url, env: { IS_SANDBOX: '1' } }),
    env: { ANTHROPIC_API_KEY: 'none' },
  },
  {
    ...ABLE,
    name: 'codex',
    model: 'gpt-5.5',
    settings: ({ url }) => ({ baseUrl: `${url}/v1`, provider: 'mock', keyEnv: 'MOCK_KEY' }),
    env: { MOCK_KEY: 'none' },
    departs: [
      NO_USD,
      NO_RESET,
      {
        fact: 'an edit outside of the worktree',
        is: 'not written, not told',
        because:
          'Its sandbox refuses the patch, and only its model hears of it: an attempt without changes is seen in git.',
      },
    ],
  },
  {
    ...ABLE,
    name: 'gemini',
    model: 'gemini-2.5-flash',
    settings: ({ url }) => ({ baseUrl: url }),
    env: { GEMINI_API_KEY: 'none' },
    departs: [
      NO_USD,
      {
        fact: 'when the quota is there again',
        is: 'not told',
        because:
          'It puts the end of a daily quota into words of its own, without the moment. A delay that the service names beside it (`RetryInfo`) is told.',
      },
      {
        fact: 'kill −9 in a turn of a session',
        mode: 'pooled',
        is: 'crashed, begins anew',
        because:
          'Its `session/load` empties the history that it is to read. The next turn is told as a new conversation; one-shot, `-r` takes the old one up.',
      },
    ],
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
    departs: [
      {
        fact: 'tokens that are told',
        mode: 'pooled',
        is: 'the last call',
        because:
          'Over ACP it tells the tokens of the last call of a turn only; the USD are the whole turn’s.',
      },
    ],
  },
  {
    ...ABLE,
    name: 'copilot',
    model: 'mock-model',
    settings: ({ url }) => ({ baseUrl: `${url}/v1` }),
    env: { COPILOT_PROVIDER_API_KEY: 'none' },
    departs: [
      NO_USD,
      {
        fact: 'tokens that are told',
        mode: 'one-shot',
        is: 'none',
        because: 'Its events of one-shot runs name no tokens, only premium requests.',
      },
    ],
  },
  {
    ...ABLE,
    name: 'qwen',
    model: 'mock-model',
    settings: ({ url }) => ({ baseUrl: `${url}/v1` }),
    env: { OPENAI_API_KEY: 'none' },
    departs: [
      NO_USD,
      NO_RESET,
      {
        fact: 'a spent quota (429)',
        is: 'timed-out',
        because:
          'It tries again for minutes, twenty times and more, and tells nobody: the limit for the turn, or for silence, ends it.',
      },
      {
        fact: 'an edit outside of the worktree',
        is: 'written',
        because:
          'Its mode `auto-edit` knows no borders: what a turn changed elsewhere is not seen in its worktree. Use a sandbox, or the permission `ask`.',
      },
    ],
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
    asks: false,
    runs: false,
    // It waits a quarter of a second, then twice as long each time, until it would be more than a minute.
    patienceMs: 150_000,
    departs: [
      {
        fact: 'a turn is interrupted',
        mode: 'pooled',
        is: 'with its process',
        because: 'Over lines it cannot be asked to stop: its process is ended, and another one comes.',
      },
      {
        fact: 'the next turn of a session',
        mode: 'one-shot',
        is: 'begins anew, counts itself',
        because: 'It has no names for conversations: what was said goes with the process.',
      },
      {
        fact: 'kill −9 in a turn of a session',
        is: 'crashed, begins anew',
        because: 'It has no names for conversations: what was said goes with the process.',
      },
      {
        fact: 'an edit outside of the worktree',
        is: 'written',
        because:
          'It is told to say yes to everything, since it can ask nobody: what a turn changed elsewhere is not seen in its worktree. Use a sandbox.',
      },
    ],
  },
]

/** USD for what the model was asked, at the prices that are told, or are the tool's own for the model that is named. */
export function priceOf({ in: input, out }: ModelUsage, calls: number): number {
  return (calls * (input * PRICES.input + out * PRICES.output)) / 1_000_000
}
