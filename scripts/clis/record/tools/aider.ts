import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliRecording, OpenOptions, RecordedSession } from '../cli-recording.ts'
import type { ProcessCommand, RecordedProcess } from '../recorded-process.ts'
import { makePrompt, makeScenario } from '../scenarios.ts'
import type { Site } from '../site.ts'

export const aider: CliRecording = {
  name: 'aider',
  // It reads no prompt from its input when it is to end by itself: what stands there are lines of a conversation.
  longRunning: { mode: 'repl', command, open },
  prepare({ home }) {
    // Models that it does not know from a file it looks up on the web, which takes long where there is none.
    const model = {
      litellm_provider: 'openai',
      mode: 'chat',
      max_input_tokens: 200_000,
      max_output_tokens: 8_000,
      input_cost_per_token: 0.000_003,
      output_cost_per_token: 0.000_015,
    }
    writeFileSync(join(home, 'models.json'), JSON.stringify({ [MODEL]: model }))
  },
  // It never asks who may write; what it refuses is an edit that does not fit the file.
  scenarios: (all) => [
    ...all.filter(({ access, name }) => access === 'write' && name !== 'interrupt'),
    // It has no tools, so there is one answer to wait for.
    makeScenario('interrupt', [makePrompt('Write hello.txt.', [{ hang: true }])], { interruptAfter: 1 }),
    makeScenario('denied', [
      makePrompt('Change README.md.', [
        { edit: 'README.md', find: 'nothing of this\n', replace: 'more\n' },
        { say: 'I have changed README.md.' },
        { say: 'I give up.' },
      ]),
    ]),
  ],
}

const MODEL = 'openai/mock-model'

function command({ cli, cwd, env, model, home }: Site): ProcessCommand {
  return {
    program: cli.program,
    args: [
      '--yes-always',
      ...['--no-auto-commits', '--no-dirty-commits', '--no-gitignore'],
      ...['--no-pretty', '--no-stream', '--no-fancy-input'],
      ...['--no-check-update', '--no-show-release-notes', '--no-analytics', '--no-show-model-warnings'],
      ...['--no-detect-urls', '--no-suggest-shell-commands'],
      ...['--map-tokens', '0'],
      ...['--chat-history-file', '/dev/null', '--input-history-file', '/dev/null'],
      ...['--edit-format', 'diff'],
      ...['--model', MODEL, '--weak-model', MODEL],
      ...['--model-metadata-file', join(home, 'models.json')],
      ...['--openai-api-base', `${model.url}/v1`],
    ],
    cwd,
    env: { ...env, OPENAI_API_KEY: 'dummy', COLUMNS: '1000', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  }
}

const PROMPT = /^[^\n]*> $/

async function open(process: RecordedProcess, _options: OpenOptions): Promise<RecordedSession> {
  const ready = async () => {
    await process.until(() => (PROMPT.test(process.pending) ? true : undefined))
    process.takePending()
  }
  await ready()
  let turns = 0
  return {
    async prompt(text) {
      turns += 1
      const sentinel = `/ws_end_${turns}`
      // An unknown command says so when its turn comes, which is after the message's.
      process.write(`${text}\n${sentinel}\n`)
      await process.nextOutput((line) => line.includes(`Invalid command: ${sentinel}`))
      await ready()
    },
    interrupt: () => process.signal('SIGINT'),
    close: () => process.closeInput(),
  }
}
