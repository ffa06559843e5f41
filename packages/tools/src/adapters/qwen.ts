import type { Permission } from '../adapter/tool-adapter.ts'
import { acp } from '../protocols/acp/acp-connection.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { resultEnds, streamJsonRules } from '../protocols/claude/claude-rules.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'

const approvals: Readonly<Record<Permission, string>> = {
  read: 'plan',
  ask: 'default',
  edit: 'auto-edit',
  all: 'yolo',
}

/**
 * After a turn it would ask its model what to remember, on the bill of that turn, and tell it to the turns of other
 * worktrees of the repository.
 */
const ownSettings = {
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false, enableAutoSkill: false },
}

/** Lines after claude's model. The numbers go on counting over a resume, and side calls of its own are in them. */
const qwenRules: readonly MessageRule[] = [
  ...streamJsonRules,
  {
    when: { type: 'system', subtype: 'retry' },
    retrying: { attempt: 'data.attempt', detail: ['data.reason'] },
  },
  {
    when: { type: 'result' },
    usage: {
      scope: 'session-total',
      input: ['usage.input_tokens'],
      output: ['usage.output_tokens'],
      cached: ['usage.cache_read_input_tokens'],
    },
  },
  ...resultEnds(),
]

/** Qwen Code: lines after claude's model for one turn, ACP for many sessions. */
export const qwen: AdapterSpec = {
  tool: 'qwen',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'many',
    directory: 'session',
    resumes: true,
    interrupts: true,
    resets: true,
    asks: true,
    usage: 'session-total',
    reportsCost: false,
    framing: 'protocol',
  },
  launch: ({ mode, permission, model, sessionId, configDir }, { baseUrl }) => ({
    commands: ['qwen'],
    args: [
      ...(mode === 'long-running' ? ['--acp'] : []),
      ...['--approval-mode', approvals[permission]],
      ...(mode === 'long-running' ? [] : ['-o', 'stream-json']),
      ...(model === undefined ? [] : ['-m', model]),
      ...(sessionId === undefined || mode === 'long-running' ? [] : ['--resume', sessionId]),
    ],
    env: {
      ...(configDir === undefined ? {} : { QWEN_HOME: configDir }),
      ...(baseUrl === undefined ? {} : { OPENAI_BASE_URL: baseUrl }),
      // Without it a service of one's own counts as not signed in, whatever `-m` says.
      ...(baseUrl === undefined || model === undefined ? {} : { OPENAI_MODEL: model }),
    },
    passEnv: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'DASHSCOPE_API_KEY'],
    ...(configDir === undefined
      ? {}
      : { files: [{ path: 'settings.json', content: `${JSON.stringify(ownSettings, undefined, 2)}\n` }] }),
  }),
  protocols: {
    'one-shot': oneShot({ rules: qwenRules }),
    'long-running': acp({
      modes: { read: 'plan', ask: 'default', edit: 'auto-edit', all: 'yolo' },
      // An empty piece of the answer carries the numbers of each call.
      updateRules: [
        {
          when: { sessionUpdate: 'agent_message_chunk', '_meta.usage': { exists: true } },
          usage: {
            scope: 'step',
            input: ['_meta.usage.inputTokens'],
            output: ['_meta.usage.outputTokens'],
            cached: ['_meta.usage.cachedReadTokens'],
          },
        },
      ],
      responseRules: [],
    }),
  },
  failures: [{ pattern: 'missing api key|no auth type', reason: 'auth' }],
  kinds: {
    write: ['write_file', 'edit', 'replace', 'delete', 'move'],
    command: ['run_shell_command', 'execute'],
  },
}
