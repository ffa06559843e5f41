// Tools and checks that follow a script in the place of real ones, named in `ws.yaml` and nowhere else.
import { join } from 'node:path'
import { type AgentTurn, fakeAgent, scriptCheck, type TempRepository } from '@ws/testing'

/** The tools of one repository. */
export interface ScriptedTools {
  /** The prompts that were taken so far. */
  turns(): Promise<readonly { readonly prompt: string; readonly cwd: string }[]>
  /** Lets every step `{ wait: name }` go on. */
  release(name: string): Promise<void>
  close(): Promise<void>
}

/** What stands in `ws.yaml`. */
export interface ScriptedSettings {
  /** Tools that all follow the script. */
  readonly tools: readonly string[]
  readonly script: readonly AgentTurn[]
  /** Checks that pass. */
  readonly checks?: readonly string[]
  /** Whatever else the settings say, as lines of YAML. */
  readonly more?: string
}

/** Writes `ws.yaml`, with which every tool is the same program that follows a script, and each check one that passes. */
export async function withScripted(
  repository: TempRepository,
  { tools, script, checks = [], more = '' }: ScriptedSettings,
): Promise<ScriptedTools> {
  const agent = await fakeAgent({ tool: 'lines', script })
  const check = await scriptCheck(join(repository.folder, 'checks'), [{ exit: 0 }])
  const lines = [
    'version: 1',
    'tools:',
    ...tools.map(
      (tool) => `  ${tool}: { adapter: generic, command: ${JSON.stringify(agent.program)}, args: [--once] }`,
    ),
    ...(checks.length === 0 ? [] : ['checks:']),
    ...checks.map((name) => `  ${name}: { run: ${JSON.stringify(check.command)} }`),
    more,
  ]
  repository.commit('settings', { 'ws.yaml': `${lines.join('\n').trimEnd()}\n` })
  return {
    turns: () => agent.turns(),
    release: (name) => agent.release(name),
    close: () => agent.close(),
  }
}
