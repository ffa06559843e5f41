// A mutant has to be a program. As many as go into one tree are compiled together, which takes as long as one of them; each
// changes its own lines, so all of them compile where the tree does. Where it does not, they are tried one by one.
import { join } from 'node:path'
import { runBounded } from '../run-bounded.ts'
import { toolScript } from '../tool.ts'
import type { Mutant } from './parse.ts'
import { applyMutant, undoMutants } from './patch.ts'
import type { Scratch } from './scratch.ts'

const LIMIT_MS = 5 * 60_000

/** An import that it no longer uses does not make it less of a program. */
const RULES = [
  ...['--noEmit', '--pretty', 'false'],
  ...['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
]

/** Why a mutant is no program, of those that are none. */
export async function compileMutants(
  root: string,
  scratch: Scratch,
  mutants: readonly Mutant[],
): Promise<ReadonlyMap<Mutant, string>> {
  const problems = new Map<Mutant, string>()
  const compileRound = async (round: readonly Mutant[]): Promise<void> => {
    const projects = [...new Set(round.flatMap((mutant) => mutant.projects))]
    const says = new Map<string, string>()
    for (const project of projects) {
      const said = await compileProject(scratch, project)
      if (said !== undefined) says.set(project, said)
    }
    undoMutants(root, scratch, round)
    const [only, ...others] = round
    const [said] = says.values()
    if (only !== undefined && others.length === 0 && said !== undefined) problems.set(only, said)
    if (others.length === 0) return
    for (const mutant of round.filter((each) => each.projects.some((project) => says.has(project)))) {
      applyMutant(root, scratch, mutant)
      await compileRound([mutant])
    }
  }
  for (let waiting = mutants; waiting.length > 0;) {
    const round: Mutant[] = []
    const rest: Mutant[] = []
    for (const mutant of waiting) {
      const problem = applyMutant(root, scratch, mutant)
      if (problem === undefined) round.push(mutant)
      // Another one may be in its way.
      else if (round.length > 0) rest.push(mutant)
      else problems.set(mutant, problem)
    }
    await compileRound(round)
    waiting = rest
  }
  return problems
}

async function compileProject(scratch: Scratch, project: string): Promise<string | undefined> {
  const args = [
    ...[toolScript('typescript', 'tsc'), '-p', join(project, 'tsconfig.json'), ...RULES],
    // Of a later round only what depends on it is looked at again.
    ...['--incremental', '--tsBuildInfoFile', join('.cache', project, 'tsbuildinfo')],
  ]
  const { ok, output } = await runBounded(args, { cwd: scratch.folder, limitMs: LIMIT_MS })
  return ok ? undefined : `does not compile:\n${output.trimEnd()}`
}
