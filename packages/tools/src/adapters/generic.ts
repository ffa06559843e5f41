import type { AdapterTraits, ToolAdapter } from '../adapter/tool-adapter.ts'
import { lineRepl } from '../protocols/repl/line-repl.ts'
import { ReplSpec, type ReplSpecInput, type TurnFraming } from '../protocols/repl/repl-spec.ts'
import { type AdapterExtras, type AdapterSpec, toolAdapter } from './adapter-spec.ts'

/** A program that no adapter knows. */
export interface GenericToolOptions extends AdapterExtras {
  readonly tool: string
  readonly command: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** How it is talked to: what is written, and how the end of a turn is known. */
  readonly talk: ReplSpecInput
}

/** An adapter for any program that reads prompts and writes answers. @throws a `ZodError` where `talk` is none */
export function genericTool({
  tool,
  command,
  args = [],
  env = {},
  talk,
  pricing,
}: GenericToolOptions): ToolAdapter {
  return toolAdapter(genericSpec({ tool, command, args, env, talk: ReplSpec.parse(talk) }), { pricing })
}

/** The description behind `genericTool`. */
export function genericSpec(options: {
  readonly tool: string
  readonly command: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly talk: ReplSpec
}): AdapterSpec {
  const { tool, command, args = [], env = {}, talk } = options
  const protocol = lineRepl(talk)
  const isOneTurn = 'exit' in talk.end
  return {
    tool,
    traits: traitsOf(talk),
    launch: () => ({ commands: [command], args, env, passEnv: [] }),
    protocols: isOneTurn ? { 'one-shot': protocol } : { 'one-shot': protocol, 'long-running': protocol },
    failures: talk.errors,
  }
}

function traitsOf({ end, reset, usage }: ReplSpec): AdapterTraits {
  return {
    modes: 'exit' in end ? ['one-shot'] : ['one-shot', 'long-running'],
    sessions: 'one',
    directory: 'process',
    resumes: false,
    interrupts: false,
    resets: reset !== undefined && 'sentinel' in end,
    asks: false,
    usage: usage[0]?.scope ?? 'none',
    reportsCost: usage.some(({ costUsd }) => costUsd !== undefined),
    framing: framingOf(end),
  }
}

function framingOf(end: TurnFraming): AdapterTraits['framing'] {
  if ('messages' in end) return 'protocol'
  if ('sentinel' in end) return 'sentinel'
  return 'exit' in end ? 'exit' : 'weak'
}
