import { personTool, toolKey, WsError } from '@ws/core'
import type { LaunchRequest, ToolAdapter } from '../adapter/tool-adapter.ts'
import { acpAgentSpec } from '../adapters/acp-agent.ts'
import { type AdapterSpec, toolAdapter } from '../adapters/adapter-spec.ts'
import { builtInAdapter } from '../adapters/built-in.ts'
import { genericSpec } from '../adapters/generic.ts'
import { builtInEntries, type ToolEntry } from './tool-entry-defaults.ts'

/** The tools that are known: the built-in ones, and what a file says of them and of others. */
export class ToolRegistry {
  readonly #entries: ReadonlyMap<string, ToolEntry>
  readonly #adapters = new Map<string, ToolAdapter>()

  constructor(entries: readonly ToolEntry[] = []) {
    const all = [...builtInEntries(), ...entries]
    this.#entries = new Map(all.map((entry) => [toolKey(entry.name), entry]))
  }

  /** Every tool, built in or described. */
  get entries(): readonly ToolEntry[] {
    return [...this.#entries.values()]
  }

  /** A tool by any spelling of its name. */
  get(name: string): ToolEntry | undefined {
    return this.#entries.get(toolKey(name))
  }

  /** How a tool is talked to. @throws `WS_TOOL_UNKNOWN` */
  adapter(name: string): ToolAdapter {
    const entry = this.#require(name)
    const key = toolKey(entry.name)
    let adapter = this.#adapters.get(key)
    if (adapter === undefined) {
      adapter = adapterOf(entry)
      this.#adapters.set(key, adapter)
    }
    return adapter
  }

  /** What a request has to say so that the entry holds: its model, and its settings. @throws `WS_TOOL_UNKNOWN` */
  request(name: string, request: LaunchRequest): LaunchRequest {
    const { model, command, args, env, passEnv, baseUrl, provider, keyEnv, settings, detectCommands } =
      this.#require(name)
    const programs = [...new Set(detectCommands.flatMap(([program]) => program ?? []))]
    const commands = command === undefined ? programs : [command]
    const said = { commands, args, env, passEnv, baseUrl, provider, keyEnv }
    const known = Object.entries({ ...settings, ...said }).filter(([, value]) => value !== undefined)
    return {
      ...(model === undefined ? {} : { model }),
      ...request,
      settings: { ...Object.fromEntries(known), ...request.settings },
    }
  }

  /** A tool and what stands in for it, and for these: the nearest first, each once, people left out. */
  chain(name: string): readonly ToolEntry[] {
    const chain = new Map<string, ToolEntry>()
    const line = [name]
    for (const next of line) {
      const entry = this.get(next)
      const key = toolKey(next)
      if (entry === undefined || key === personTool || chain.has(key)) continue
      chain.set(key, entry)
      line.push(...entry.fallback)
    }
    return [...chain.values()]
  }

  #require(name: string): ToolEntry {
    const entry = this.get(name)
    if (entry !== undefined) return entry
    throw new WsError('WS_TOOL_UNKNOWN', `there is no tool "${name}"`, {
      details: { tool: name, known: this.entries.map((each) => each.name) },
      hint: 'describe it in tools.yaml',
    })
  }
}

function adapterOf(entry: ToolEntry): ToolAdapter {
  const { name, pricing, talk, acp, args, command } = entry
  const extras = { pricing }
  if (entry.adapter === 'acp') {
    return toolAdapter(acpAgentSpec({ tool: name, command: command ?? name, spec: acp ?? {} }), extras)
  }
  if (entry.adapter === 'generic' && talk !== undefined) {
    return toolAdapter(genericSpec({ tool: name, command: command ?? name, talk }), extras)
  }
  const known: AdapterSpec | undefined = builtInAdapter(entry.adapter)
  if (known === undefined) {
    throw new WsError('WS_TOOL_UNKNOWN', `there is no adapter "${entry.adapter}" for "${name}"`, {
      details: { tool: name, adapter: entry.adapter, args },
      hint: 'name a built-in tool, "acp" or "generic"',
    })
  }
  return toolAdapter({ ...known, tool: name }, extras)
}
