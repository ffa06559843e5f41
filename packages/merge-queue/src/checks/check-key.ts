import { createHash } from 'node:crypto'
import type { ObjectId } from '@ws/git'
import type { CheckDefinition, CheckFunction } from './check-definition.ts'
import { serialOf } from './function-serial.ts'
import type { RestrictedTrees } from './restricted-tree.ts'

/** The machine that checks run on, as far as their results depend on it. */
export interface CheckEnvironment {
  readonly platform: string
  readonly arch: string
  /** The variables that commands inherit. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** What a check's `versionCommand` printed. */
  readonly versionOf: (check: CheckDefinition) => Promise<string>
  /** Where results of functions without a version hold: no longer than this. */
  readonly session: string
}

/**
 * What a check's result is remembered under: the files that it reads, how it is run, its configuration files, and
 * the machine. Two candidates with the same key need one run.
 */
export async function checkKey(
  check: CheckDefinition,
  tree: ObjectId,
  trees: RestrictedTrees,
  environment: CheckEnvironment,
): Promise<string> {
  const { inputs, config, inherits, env, timeoutMs } = check
  const variables = inherits.map((name) => [name, digest(environment.variables[name])] as const)
  const whole = {
    format: 1,
    check: check.name,
    files: inputs === undefined ? tree : await trees.digest(tree, inputs),
    // Without `inputs` they are among the files.
    config: inputs === undefined || config.length === 0 ? null : await trees.digest(tree, config),
    run:
      typeof check.run === 'function' ? functionOf(check.run, check.version, environment.session) : check.run,
    version: check.version ?? null,
    env: Object.entries(env).toSorted(byName),
    variables: variables.toSorted(byName),
    timeoutMs,
    machine: [environment.platform, environment.arch],
    tool: check.versionCommand === undefined ? null : digest(await environment.versionOf(check)),
  }
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 40)
}

/** Of a function only its version can be known; without one its results hold for it alone, and not for long. */
function functionOf(check: CheckFunction, version: string | undefined, session: string): readonly unknown[] {
  return ['function', ...(version === undefined ? [session, serialOf(check)] : [])]
}

// A variable may hold a secret: only its digest goes anywhere.
function digest(text: string | undefined): string | null {
  return text === undefined ? null : createHash('sha256').update(text).digest('hex')
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
