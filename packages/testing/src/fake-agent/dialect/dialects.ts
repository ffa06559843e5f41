import type { AgentProcess } from '../agent-process.ts'
import type { FakeTool } from '../agent-step.ts'
import type { AgentVoice } from '../agent-voice.ts'
import { playTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'
import { speakAcp } from './acp.ts'
import { copilotAcp } from './acp-copilot.ts'
import { geminiAcp } from './acp-gemini.ts'
import { opencodeAcp } from './acp-opencode.ts'
import { qwenAcp } from './acp-qwen.ts'
import { speakAider } from './aider.ts'
import { claudeOnce, speakClaude } from './claude.ts'
import { codexOnce } from './codex-exec.ts'
import { speakCodexServer } from './codex-server.ts'
import { copilotOnce } from './copilot.ts'
import { refuseForgotten } from './forgotten.ts'
import { geminiOnce } from './gemini.ts'
import { speakLines } from './lines.ts'
import { opencodeOnce } from './opencode.ts'
import { qwenOnce } from './qwen.ts'

const versions: Readonly<Record<FakeTool, string>> = {
  claude: '2.1.329 (Claude Code)',
  codex: 'codex-cli 0.169.0',
  gemini: '0.61.0',
  opencode: '1.18.33',
  copilot: 'GitHub Copilot CLI 1.0.102',
  qwen: '0.24.4',
  aider: 'aider 0.86.2',
  lines: '1.0.0',
}

/** What the tool answers to `--version`. */
export function versionOf(tool: FakeTool): string {
  return versions[tool]
}

/** Speaks as the tool does with these arguments, until its input or its one turn ends; the exit code. */
export function speak(tool: FakeTool, agent: AgentProcess): Promise<number> {
  const { argv } = agent
  const refused = refuseForgotten(tool, agent)
  if (refused !== undefined) return Promise.resolve(refused)
  switch (tool) {
    case 'claude':
      return argv.includes('--input-format') ? speakClaude(agent) : once(agent, claudeOnce)
    case 'codex':
      return argv.includes('app-server') ? speakCodexServer(agent) : once(agent, codexOnce)
    case 'gemini':
      return isAcp(argv) ? speakAcp(agent, geminiAcp) : once(agent, geminiOnce)
    case 'opencode':
      return argv.includes('acp') ? speakAcp(agent, opencodeAcp) : once(agent, opencodeOnce)
    case 'copilot':
      return isAcp(argv) ? speakAcp(agent, copilotAcp) : once(agent, copilotOnce)
    case 'qwen':
      return isAcp(argv) ? speakAcp(agent, qwenAcp) : once(agent, qwenOnce)
    case 'aider':
      return speakAider(agent)
    case 'lines':
      return speakLines(agent)
  }
}

/** The prompt is all of the input, the answer all of the output. */
async function once(
  agent: AgentProcess,
  voiceOf: (agent: AgentProcess, prompt: string) => AgentVoice,
): Promise<number> {
  const prompt = await agent.input.text()
  const turn = { prompt, cwd: agent.cwd, voice: voiceOf(agent, prompt), tally: new TurnTally() }
  return (await playTurn(agent, turn).ended) ?? 0
}

function isAcp(argv: readonly string[]): boolean {
  return argv.includes('--acp') || argv.includes('--experimental-acp')
}
