import { toolKey } from '@ws/core'

const commands = new Map([
  ['claude', 'npm install -g @anthropic-ai/claude-code'],
  ['codex', 'npm install -g @openai/codex'],
  ['gemini', 'npm install -g @google/gemini-cli'],
  ['opencode', 'npm install -g opencode-ai'],
  ['copilot', 'npm install -g @github/copilot'],
  ['qwen', 'npm install -g @qwen-code/qwen-code'],
  ['aider', 'python3 -m pip install aider-chat'],
])

/** The command that installs a built-in tool, where one line does. */
export function installHint(name: string): string | undefined {
  return commands.get(toolKey(name))
}
