import { lineRepl } from '../protocols/repl/line-repl.ts'
import { ReplSpec } from '../protocols/repl/repl-spec.ts'
import type { AdapterSpec } from './adapter-spec.ts'

/**
 * The conversation of aider as lines of text. An unknown command after each prompt costs no call of the model and is
 * answered when the turn before it is over; a prompt sign would be found inside of answers too.
 */
const aiderRepl: ReplSpec = ReplSpec.parse({
  ready: '(^|\\n)[^\\n]*> $',
  // Always a block, with an empty first line: a prompt that begins with "/", "!" or "{" is no command then.
  send: '{ws{id}\n\n{text}\nws{id}}\n',
  end: { sentinel: 'Invalid command:\\s+/ws_end_{id}\\b', after: '/ws_end_{id}\n' },
  usage: [
    {
      // One line for each call; the amounts for the message and the session grow from line to line.
      pattern:
        'Tokens:\\s+([\\d.,]+[km]?)\\s+sent,(?:\\s+[\\d.,]+[km]?\\s+cache write,)?(?:\\s+([\\d.,]+[km]?)\\s+cache hit,)?\\s+([\\d.,]+[km]?)\\s+received\\.',
      scope: 'step',
      input: 1,
      cached: 2,
      output: 3,
    },
    {
      pattern: 'Cost:\\s+\\$[\\d.,]+\\s+message,\\s+\\$([\\d.,]+)\\s+session\\.',
      scope: 'session-total',
      costUsd: 1,
    },
  ],
  errors: [
    { pattern: '^litellm\\.(AuthenticationError|PermissionDenied)', reason: 'auth' },
    { pattern: '^litellm\\.RateLimitError.*(?:quota|billing|credit)', reason: 'quota-exhausted' },
    { pattern: '^litellm\\.RateLimitError', reason: 'rate-limited' },
    { pattern: '^litellm\\.ContextWindowExceededError', reason: 'context-exceeded' },
    {
      pattern: '^litellm\\.(ServiceUnavailable|InternalServer|APIConnection|Timeout)\\w*',
      reason: 'overloaded',
    },
    { pattern: '^litellm\\.(BadRequest|NotFound|UnprocessableEntity|ContentPolicy)\\w*', reason: 'refused' },
    { pattern: '^litellm\\.\\w+Error', reason: 'crashed' },
    { pattern: '^Only \\d+ reflections allowed, stopping', reason: 'refused' },
  ],
  recovered: '^Tokens: ',
  changed: '^Applied edit to (.+)$',
  hidden: '^(?:Tokens: .*|Cost: .*|Applied edit to .*|[^\\n]*> )$\\n?',
  reset: '/reset\n',
  quit: '/exit\n',
})

/** aider, as a conversation in lines; a process for one turn is one that is told to exit after it. */
export const aider: AdapterSpec = {
  tool: 'aider',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'one',
    directory: 'process',
    resumes: false,
    interrupts: false,
    resets: true,
    asks: false,
    usage: 'step',
    reportsCost: true,
    framing: 'sentinel',
  },
  launch: ({ permission, model, configDir }, { baseUrl }) => ({
    commands: ['aider'],
    args: [
      ...['--yes-always', '--no-auto-commits', '--no-dirty-commits'],
      // "Yes" to everything would be yes to these as well.
      ...['--no-gitignore', '--no-analytics', '--no-suggest-shell-commands', '--no-detect-urls'],
      ...['--no-pretty', '--no-stream', '--no-fancy-input'],
      ...['--no-check-update', '--no-show-release-notes', '--no-show-model-warnings'],
      ...['--map-tokens', '0'],
      ...['--chat-history-file', devNull, '--input-history-file', devNull],
      ...(model === undefined ? [] : ['--model', model]),
      ...(baseUrl === undefined ? [] : ['--openai-api-base', baseUrl]),
    ],
    // Another name of `--edit-format`, of which the last one counts: an entry's own must not lift it.
    lastArgs: permission === 'read' ? ['--chat-mode', 'ask'] : [],
    env: {
      // On a pipe it wraps at 80 columns, in the middle of what is looked for.
      COLUMNS: '1000',
      PYTHONUNBUFFERED: '1',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      PYTHONIOENCODING: 'utf-8',
      ...(configDir === undefined ? {} : { HOME: configDir, USERPROFILE: configDir }),
    },
    passEnv: [
      'OPENAI_API_KEY',
      'OPENAI_API_BASE',
      'ANTHROPIC_API_KEY',
      'GEMINI_API_KEY',
      'DEEPSEEK_API_KEY',
      'OPENROUTER_API_KEY',
      'AIDER_MODEL',
    ],
  }),
  protocols: { 'one-shot': lineRepl(aiderRepl), 'long-running': lineRepl(aiderRepl) },
  failures: aiderRepl.errors,
  kinds: { write: ['edit'], command: [] },
}

const devNull = '/dev/null'
