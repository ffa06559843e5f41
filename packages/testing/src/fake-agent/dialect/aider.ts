import { withReset, type AgentFailure } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import { playTurn, type RunningTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'

const banner = [
  'Detected dumb terminal, disabling fancy input and pretty output.',
  '',
  'Update git name with: git config user.name "Your Name"',
  'Update git email with: git config user.email "you@example.com"',
  'Aider v0.86.2',
  'Model: openai/mock-model with diff edit format',
  'Git repo: .git with 1 files',
  'Repo-map: disabled',
  '',
]

/** aider without a terminal: it reads lines behind a prompt sign, and commands only after the turn before them. */
export async function speakAider(agent: AgentProcess): Promise<number> {
  const { port, input } = agent
  const tally = new TurnTally()
  const chat: string[] = []
  let running: RunningTurn | undefined
  agent.onSignal('SIGINT', () => running?.interrupt())
  const promptSign = (): string => [...chat, 'diff> '].join('\n')

  port.text(`${banner.join('\n')}\n`)
  port.text(promptSign())
  let block: { readonly end: string; readonly lines: string[] } | undefined
  for await (const line of input.lines()) {
    if (block !== undefined) {
      if (line !== block.end) {
        block.lines.push(line)
        continue
      }
      const prompt = block.lines.join('\n')
      block = undefined
      await turn(prompt)
    } else if (/^\{\w*$/.test(line)) block = { end: `${line.slice(1)}}`, lines: [] }
    else if (line === '/exit' || line === '/quit') return 0
    else if (line.startsWith('/')) command(line)
    else if (line.trim() === '') port.text(`\n${promptSign()}`)
    else await turn(line)
  }
  return 0

  function command(line: string): void {
    const [name] = line.split(' ')
    if (name === '/reset' || name === '/drop') chat.length = 0
    else if (name !== '/clear') port.text(`\nInvalid command: ${line}\n`)
    port.text(`\n${promptSign()}`)
  }

  async function turn(prompt: string): Promise<void> {
    port.text('\n')
    running = playTurn(agent, { prompt, cwd: agent.cwd, voice: aiderVoice(agent, chat, promptSign), tally })
    await running.ended
    running = undefined
  }
}

/** One turn: what the model says, edits as blocks in it, and behind it what it used and which edits were applied. */
function aiderVoice({ port }: AgentProcess, chat: string[], promptSign: () => string): AgentVoice {
  const applied: string[] = []
  let text = ''
  return {
    isOneCall: true,
    begin() {},
    propose({ name, content, before }) {
      const old = before === undefined ? '' : before
      text += `${name}\n\`\`\`\n<<<<<<< SEARCH\n${old}=======\n${content}>>>>>>> REPLACE\n\`\`\`\n\n`
    },
    settle({ name }, isGranted) {
      if (!isGranted) return
      applied.push(name)
      if (!chat.includes(name)) chat.push(name)
    },
    say(said) {
      text += `${said}\n`
    },
    end({ turn, session }) {
      const tokens = `Tokens: ${count(turn.in)} sent, ${count(turn.out)} received.`
      const cost = `Cost: ${money(turn.costUsd)} message, ${money(session.costUsd)} session.`
      port.text(`${text}\n${tokens} ${cost}\n`)
      if (applied.length > 0) port.text(`\n${applied.join('\n')}\n`)
      for (const name of applied) port.text(`Applied edit to ${name}\n`)
      port.last(`\n${promptSign()}`)
      return 0
    },
    refuse(failure) {
      port.text(`${errorLine(failure)}\n`)
      if (failure.kind === 'quota')
        port.text('The API provider has rate limited you. Try again later or check your quotas.\n')
      port.last(`\n\n${promptSign()}`)
      return 0
    },
    interrupt() {
      port.last(`\n\n^C again to exit\n\n\n${promptSign()}`)
    },
  }
}

function errorLine(failure: AgentFailure): string {
  const message = withReset(failure)
  switch (failure.kind) {
    case 'api-error':
      return `litellm.BadRequestError: OpenAIException - ${message}`
    case 'auth':
      return `litellm.AuthenticationError: AuthenticationError: OpenAIException - ${message}`
    case 'overloaded':
      return `litellm.ServiceUnavailableError: ServiceUnavailableError: OpenAIException - ${message}`
    case 'quota':
      return `litellm.RateLimitError: RateLimitError: OpenAIException - ${message}`
  }
}

/** Rounded as aider does: 133, 4.2k, 12k. */
function count(tokens: number): string {
  if (tokens < 1000) return String(tokens)
  return tokens < 10_000 ? `${(tokens / 1000).toFixed(1)}k` : `${Math.round(tokens / 1000)}k`
}

/** In dollars, with the digits that a small amount needs. */
function money(costUsd: number): string {
  if (costUsd === 0 || costUsd >= 0.01) return `$${costUsd.toFixed(2)}`
  return `$${costUsd.toFixed(Math.max(2, 2 - Math.trunc(Math.log10(costUsd))))}`
}
