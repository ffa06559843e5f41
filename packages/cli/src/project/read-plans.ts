import { readFile } from 'node:fs/promises'
import { parse, relative, resolve } from 'node:path'
import { formatProblems, parsePlan, type Plan } from '@ws/core'
import { invalidError } from './invalid-error.ts'
import type { Project } from './open-project.ts'
import { projectTools } from './tools.ts'

/** A plan, and what its writer should know. */
export interface ReadPlan {
  readonly file: string
  readonly plan: Plan
  readonly warnings: string
}

/**
 * Reads all plans before any is started.
 * @throws `WS_CLI_INVALID` with every mistake in all of them
 */
export async function readPlans(
  files: readonly string[],
  { config, repository }: Project,
  cwd: string,
): Promise<readonly ReadPlan[]> {
  const plans: ReadPlan[] = []
  const mistakes: string[] = []
  const tools = projectTools(config)
  for (const given of files) {
    const file = relative(cwd, resolve(cwd, given)) || given
    const text = await readFile(resolve(cwd, given), 'utf8').catch((error: unknown) => {
      mistakes.push(`${file}: ${readingFault(error)}`)
    })
    if (text === undefined) continue
    const options = {
      file,
      tools,
      checks: Object.keys(config.checks),
      ignoreCase: repository.facts.ignoreCase,
    }
    const result = await parsePlan(text, options)
    if (result.ok)
      plans.push({
        file,
        plan: named(result.plan, file),
        warnings: formatProblems(result.warnings, { text }),
      })
    else mistakes.push(formatProblems(result.problems, { text }))
  }
  if (mistakes.length > 0) throw invalidError(mistakes.join('\n\n'), 'nothing was started')
  return plans
}

/** A plan without a name is called as its file is: people would rather read that than the id of a run. */
function named(plan: Plan, file: string): Plan {
  return { ...plan, name: plan.name ?? plan.id ?? parse(file).name }
}

function readingFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  return code === 'EISDIR' ? 'this is a folder' : String(error)
}
