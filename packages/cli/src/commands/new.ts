import { formatPriority, formatProblems, Id, checkPlan, Priority } from '@ws/core'
import { draftWorkstream, type NewWorkstream } from '@ws/orchestrator'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import type { Project } from '../project/open-project.ts'
import { readRecords } from '../project/read-log.ts'
import { readPlans } from '../project/read-plans.ts'
import { listOf } from '../project/selection.ts'
import { projectTools } from '../project/tools.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'

/** Options that say something of a prompt; a plan says it itself. */
const ofPrompts = ['claims', 'tool', 'needs', 'priority'] as const

/** `ws new`: a workstream that is kept until it is run. */
export const newCommand: Command = {
  name: 'new',
  says: 'Keeps a workstream for later: ws run <slug> or ws run-all runs it.',
  takes: '<slug>',
  positionals: { least: 1, most: 1 },
  options: {
    prompt: { value: 'a text', says: 'What a tool is asked to do.' },
    plan: { value: 'a file', says: 'A plan instead of a prompt, kept as it is now.' },
    claims: {
      value: 'globs',
      says: 'What it may write, separated by commas; anything, beside others, where nothing is said.',
    },
    tool: { value: 'a tool', says: 'Who does it.' },
    needs: { value: 'slugs', says: 'Workstreams that must be done before, separated by commas.' },
    priority: { value: 'a priority', says: 'high, medium, low, or a number; 0 is the most urgent.' },
    json: { says: 'Writes what is kept as a line of JSON.' },
  },
  example: {
    line: 'ws new login --prompt "Mend the login" --claims "src/login/**"',
    does: 'keeps "login" until ws run login',
  },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('workstream'),
    slug: z.string(),
    id: z.string(),
    status: z.string(),
    plan: z.looseObject({ workstreams: z.array(z.looseObject({ id: z.string() })) }),
  }),
  run: (given, terminal) =>
    withProject(terminal, async (project) => {
      const made = await whatIsMade(given, terminal, project)
      return withOrchestrator(project, terminal, async (ws) => {
        const { slug, id, status, plan } = await ws.createWorkstream(made)
        if (given.flags.has('json')) writeJson(terminal, { type: 'workstream', slug, id, status, plan })
        else terminal.out(plainText(`workstream "${slug}" is kept; ws run ${slug} runs it`) + '\n')
        return exitCodes.completed
      })
    }),
}

/** @throws `WS_CLI_USAGE`, `WS_CLI_INVALID` */
async function whatIsMade(given: Given, terminal: Terminal, project: Project): Promise<NewWorkstream> {
  const slug = given.positionals[0] ?? ''
  const [prompt, file] = [given.values.get('prompt'), given.values.get('plan')]
  if ((prompt === undefined) === (file === undefined))
    throw usageError(
      'ws new expects a prompt or a plan',
      `ws new ${slug || '<slug>'} --prompt "What is to be done"`,
    )
  if (!Id.safeParse(slug).success)
    throw usageError(
      `${JSON.stringify(slug)} is no slug`,
      'expected letters, digits, ".", "_" and "-", such as fix-login',
    )
  if (file !== undefined) {
    const said = ofPrompts.find((name) => given.values.has(name))
    if (said !== undefined) throw usageError(`--${said} is said of a prompt`, `write it into ${file}`)
    const [read] = await readPlans([file], project, terminal.cwd)
    if (read === undefined) throw invalidError(`${file}: nothing was read`, 'nothing was kept')
    return { slug, plan: read.plan }
  }
  const made = { slug, prompt: prompt ?? '', ...(await detailsOf(given, project)) }
  const { problems } = checkPlan(
    { ...draftWorkstream({ ...made, needs: [] }).plan },
    { tools: projectTools(project.config), ignoreCase: project.repository.facts.ignoreCase },
  )
  if (problems.length > 0) throw invalidError(formatProblems(problems), 'nothing was kept')
  return made
}

async function detailsOf({ values }: Given, { repository }: Project) {
  const [claims, needs] = [listOf(values.get('claims')), listOf(values.get('needs'))]
  const [tool, priority] = [values.get('tool'), values.get('priority')]
  if (needs !== undefined) {
    const { registered } = await readRecords(repository.facts)
    const slugs = registered.filter(({ isWhole }) => !isWhole).map((each) => each.slug)
    const unknown = needs.find((need) => !slugs.includes(need))
    if (unknown !== undefined)
      throw invalidError(
        `no workstream with a prompt is called ${JSON.stringify(unknown)}`,
        didYouMean(unknown, slugs, slugs.length === 0 ? 'there is none yet' : undefined),
      )
  }
  return {
    ...(claims === undefined ? {} : { claims: [...claims] }),
    ...(needs === undefined ? {} : { needs }),
    ...(tool === undefined ? {} : { tool }),
    ...(priority === undefined ? {} : { priority: priorityOf(priority) }),
  }
}

/** @throws `WS_CLI_USAGE` */
function priorityOf(text: string): ReturnType<typeof formatPriority> {
  const parsed = Priority.safeParse(/^\d+$/.test(text) ? Number(text) : text)
  if (parsed.success) return formatPriority(parsed.data)
  throw usageError(
    `there is no priority ${JSON.stringify(text)}`,
    didYouMean(text, ['high', 'medium', 'low'], 'there are high, medium, low, and whole numbers from 0'),
  )
}
