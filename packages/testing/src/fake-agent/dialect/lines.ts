import { withReset } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import { playTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'

/**
 * Any program of lines: each line is a prompt, answers are plain text, and a sign stands before the next prompt. A
 * line that begins with `/` is an unknown command. With `--once` all of the input is one prompt.
 */
export async function speakLines(agent: AgentProcess): Promise<number> {
  const { port, input, cwd } = agent
  const tally = new TurnTally()
  const isOnce = agent.argv.includes('--once')
  const sign = isOnce ? '' : '> '
  const turn = (prompt: string) =>
    playTurn(agent, { prompt, cwd, voice: linesVoice(agent, sign), tally }).ended
  if (isOnce) return (await turn(await input.text())) ?? 0
  port.text(sign)
  for await (const line of input.lines()) {
    if (line.startsWith('/')) port.text(`unknown command: ${line}\n${sign}`)
    else await turn(line)
  }
  return 0
}

function linesVoice({ port }: AgentProcess, sign: string): AgentVoice {
  return {
    begin() {},
    propose() {},
    settle({ name }, isGranted) {
      port.text(isGranted ? `wrote ${name}\n` : `may not write ${name}\n`)
    },
    say(text) {
      port.text(`${text}\n`)
    },
    end({ turn }) {
      port.last(`tokens: ${turn.in} in, ${turn.out} out\n${sign}`)
      return 0
    },
    refuse(failure) {
      port.last(`error ${failure.status}: ${withReset(failure)}\n${sign}`)
      return 1
    },
  }
}
