import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configJsonSchema, formatProblems, parseConfig, WsError } from '@ws/core'
import { openRepository } from '@ws/git'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { configText, includeText, schemaFile } from '../project/config-text.ts'
import { type DetectedProject, detectProject } from '../project/detect-project.ts'
import { invalidError } from '../project/invalid-error.ts'
import { configNames } from '../project/open-project.ts'
import type { Terminal } from '../terminal.ts'

const answers = z.object({
  version: z.literal(1),
  type: z.literal('init'),
  isDry: z.boolean(),
  root: z.string(),
  written: z.array(z.string()),
  base: z.string().optional(),
  managers: z.array(z.string()),
  checks: z.record(z.string(), z.string()),
  setup: z.array(z.string()),
  tools: z.array(z.string()),
  include: z.array(z.string()),
})

/** `ws init`: writes settings that fit what the repository shows. */
export const initCommand: Command = {
  name: 'init',
  says: 'Writes a short ws.yaml for this repository: its tools, its checks, and what a new worktree needs.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    force: { says: 'Writes over a ws.yaml that is there.' },
    'dry-run': { says: 'Shows what it would write, and writes nothing.' },
    json: { says: 'Writes what was found, and which files were written, as a line of JSON.' },
  },
  example: { line: 'ws init', does: 'writes ws.yaml; look at it, then: ws run plan.yaml --dry-run' },
  answers,
  async run(given, terminal) {
    const repository = await openRepository(terminal.cwd, { env: { ...terminal.env } })
    try {
      const root = repository.facts.mainWorktree
      if (root === undefined)
        throw invalidError('this repository has no checkout', 'write ws.yaml in a clone that has one')
      const known = configNames.find((name) => existsSync(join(root, name)))
      const isDry = given.flags.has('dry-run')
      if (known !== undefined && !isDry && (known !== configNames[0] || !given.flags.has('force')))
        throw invalidError(
          `there is ${known} already`,
          known === configNames[0] ? 'ws init --force writes over it' : `remove ${known} first`,
        )
      const found = await detectProject(repository, root, terminal.env)
      const files = await filesFor(found, root)
      if (!isDry)
        for (const [name, text] of Object.entries(files)) {
          await mkdir(dirname(join(root, name)), { recursive: true })
          await writeFile(join(root, name), text)
        }
      tell(given, terminal, { found, files, root })
      return exitCodes.completed
    } finally {
      await repository.close()
    }
  },
}

async function filesFor(found: DetectedProject, root: string): Promise<Readonly<Record<string, string>>> {
  const config = configText(found)
  const parsed = await parseConfig(config, { file: configNames[0] })
  // What was found may hold anything; what is written has to be right.
  if (!parsed.ok)
    throw new WsError('WS_CLI_INIT', `the settings would be wrong: ${formatProblems(parsed.problems, {})}`)
  const includes = found.include.length > 0 && !existsSync(join(root, '.worktreeinclude'))
  return {
    [configNames[0]]: config,
    '.ws/.gitignore': '*\n',
    [schemaFile]: `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    ...(includes ? { '.worktreeinclude': includeText(found.include) } : {}),
  }
}

function tell(
  given: Given,
  terminal: Terminal,
  {
    found,
    files,
    root,
  }: {
    readonly found: DetectedProject
    readonly files: Readonly<Record<string, string>>
    readonly root: string
  },
): void {
  const isDry = given.flags.has('dry-run')
  const written = Object.keys(files).filter((name) => !name.startsWith('.ws/'))
  if (given.flags.has('json')) {
    const checks = Object.fromEntries(found.checks.map(({ name, run }) => [name, run]))
    const { base, setup, tools, include, ecosystems } = found
    const managers = ecosystems.map(({ manager }) => manager)
    writeJson(terminal, {
      type: 'init',
      isDry,
      root,
      written: isDry ? [] : written,
      base,
      managers,
      checks,
      setup,
      tools,
      include,
    })
    return
  }
  if (isDry) {
    terminal.out(files[configNames[0]] ?? '')
    return
  }
  const list = (items: readonly string[]) => (items.length === 0 ? 'none found' : items.join(', '))
  const rows = [
    ['wrote', list(written)],
    ['project', list(found.ecosystems.map(({ manager, because }) => `${manager} (${because})`))],
    ['checks', list(found.checks.map(({ name }) => name))],
    ['tools', list(found.tools)],
    ['next', 'look at ws.yaml, then: ws run plan.yaml --dry-run'],
  ] as const
  for (const [name, says] of rows)
    writeWrapped(terminal, `${name.padEnd(9)}${plainText(says)}`, ' '.repeat(9))
}
