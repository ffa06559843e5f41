import { canonicalCapability, canonicalTool } from '@ws/core'
import * as z from 'zod'
import { ReplSpec } from '../protocols/repl/repl-spec.ts'
import { Pricing } from '../usage/pricing.ts'
import { AcpEntry } from './acp-entry.ts'

const Text = z.string().min(1, { error: 'expected some text' })

const Argv = z
  .array(Text, { error: 'expected a list of a program and its arguments, such as ["aider", "--version"]' })
  .min(1, { error: 'expected a list of a program and its arguments' })

const Name = Text.transform(canonicalTool)

const Environment = z.record(
  Text.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected the name of a variable: letters, digits and _' }),
  z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text' }).transform(String),
)

/** Fields that have a second spelling: files of others write them with underscores. */
const spellings = {
  versionCommand: 'version_cmd',
  healthCommand: 'health_cmd',
  costHint: 'cost_hint',
  detectCommands: 'detect_commands',
  maxInstances: 'max_instances',
} as const

const versionCommand = Argv.optional().describe('Says its version.')
const healthCommand = Argv.optional().describe('Says whether it works: exit code 0 is healthy.')
const costHint = z
  .number()
  .nonnegative({ error: 'expected 0 or more' })
  .optional()
  .describe('How dear it is beside the others.')
const detectCommands = z
  .array(Argv, { error: 'expected a list of commands, each a list of a program and its arguments' })
  .optional()
  .describe('Programs to try; the first that exists is taken.')
const maxInstances = z.int().positive().optional().describe('How many processes of it may live.')

const fields = {
  adapter: Text.optional().describe('How it is talked to: the name of a built-in tool, "acp" or "generic".'),
  command: Text.optional().describe('The program, where it is not the name of the tool.'),
  args: z.array(z.string()).optional().describe('Arguments that it always gets.'),
  env: Environment.optional().describe('Environment variables that are set for it.'),
  passEnv: z
    .array(Text)
    .optional()
    .describe('Environment variables that are passed on to it; the usual ones of each tool are.'),
  mode: z
    .enum(['one-shot', 'long-running'])
    .optional()
    .describe('A process for each turn, or one that serves many, where it can do both.'),
  execution: z
    .enum(['auto', 'pooled', 'one-shot'])
    .optional()
    .describe('Warm processes, or one for each task (auto where nothing is said).'),
  capabilities: z
    .array(Text)
    .transform((names) => [...new Set(names.map(canonicalCapability))])
    .optional()
    .describe('What it can do.'),
  versionCommand,
  version_cmd: versionCommand,
  healthCommand,
  health_cmd: healthCommand,
  costHint,
  cost_hint: costHint,
  detectCommands,
  detect_commands: detectCommands,
  maxInstances,
  max_instances: maxInstances,
  fallback: z
    .array(Name)
    .optional()
    .describe('Tools that stand in for it when it is sick, the first one first.'),
  pricing: Pricing.optional().describe('USD for a million tokens, for tools that report no money.'),
  limits: z
    .record(Text, z.number().nonnegative())
    .optional()
    .describe('How much of named resources all its processes together may take.'),
  account: Text.optional().describe(
    'Who pays: quotas belong to accounts (the name of the tool where nothing is said).',
  ),
  model: Text.optional().describe('The model that it is asked to use.'),
  ownPaths: z
    .array(Text)
    .optional()
    .describe('Files that it keeps for itself in a worktree; they are no change of the task.'),
  baseUrl: z.url({ error: 'expected a URL' }).optional().describe("The address of the model's service."),
  provider: Text.optional().describe('The name of the provider, for tools that know several.'),
  keyEnv: Text.optional().describe('The environment variable that holds the key for it.'),
  settings: z.record(Text, z.unknown()).optional().describe('Anything else that its adapter understands.'),
  talk: ReplSpec.optional().describe('How a program that no adapter knows is talked to.'),
  acp: AcpEntry.optional().describe('How an agent departs from the Agent Client Protocol.'),
}

/** A tool as a registry file describes it, under its name. */
export const ToolEntryFields = z.strictObject(fields).meta({ title: 'tool' })

/** A tool as an item of a list. */
export const NamedToolEntry = z
  .strictObject({ name: Name.describe('What plans call it.'), ...fields })
  .meta({ title: 'tool' })

const version = z
  .literal(1, { error: 'expected 1, the version of the format' })
  .describe('The version of the format.')

/** A registry file: tools as a list, or by their names. */
export const RegistryFile = z
  .strictObject({
    version,
    tools: z
      .union([z.array(NamedToolEntry), z.record(Text, ToolEntryFields)], {
        error: 'expected a list of tools, or a map of them by name',
      })
      .describe('What is known of each tool.'),
  })
  .meta({ title: 'registry' })
/** A registry file as people write it. */
export type RegistryFileInput = z.input<typeof RegistryFile>

type Written = z.output<typeof ToolEntryFields>
type SecondSpelling = (typeof spellings)[keyof typeof spellings]

/** What a file says of a tool, in one spelling. */
export type EntryDraft = Omit<Written, SecondSpelling> & { readonly name: string }

/** Fields that an entry says in both spellings: it is open which one counts. */
export function doubled(written: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(spellings)
    .filter(([name, second]) => written[name] !== undefined && written[second] !== undefined)
    .map(([, second]) => second)
}

/** An entry in one spelling. */
export function draftOf(name: string, written: Written): EntryDraft {
  const { version_cmd, health_cmd, cost_hint, detect_commands, max_instances, ...entry } = written
  const second = {
    versionCommand: entry.versionCommand ?? version_cmd,
    healthCommand: entry.healthCommand ?? health_cmd,
    costHint: entry.costHint ?? cost_hint,
    detectCommands: entry.detectCommands ?? detect_commands,
    maxInstances: entry.maxInstances ?? max_instances,
  }
  const known = Object.entries({ ...entry, ...second }).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(known), name: canonicalTool(name) }
}
