import { createHash } from 'node:crypto'
import { type Check, type RunSpec, WsError } from '@ws/core'
import type { OpenMergeQueueOptions } from '@ws/merge-queue'
import { environmentName } from './environment-mark.ts'

/**
 * A check's name in the queue, which serves all runs: its own, with a few characters of its definition and of the
 * environment it is run in, so that two runs may mean different things by `lint` and share a result where they mean the
 * same.
 */
export function checkName(name: string, check: Check | undefined, environment?: string): string {
  const defined = environment === undefined ? (check ?? null) : [check ?? null, environment]
  const mark = createHash('sha256').update(JSON.stringify(defined)).digest('hex').slice(0, 6)
  return `${name}.${mark}`
}

/**
 * How the queue is told to run these checks.
 * @throws `WS_CHECK_UNDEFINED` for one that neither the plan nor the project defines
 */
export function definitions(
  defined: Readonly<Record<string, Check>>,
  names: readonly string[],
  environment?: string,
): CheckDefinitions {
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const check = defined[name]
      if (check !== undefined) return [checkName(name, check, environment), toOptions(check)]
      throw new WsError('WS_CHECK_UNDEFINED', `nothing says what the check ${JSON.stringify(name)} runs`, {
        details: { name, defined: Object.keys(defined) },
        hint: `add it to the plan or to ws.yaml: checks: { ${name}: { run: … } }`,
      })
    }),
  )
}

/** Checks of the project under their own names, for entries that no run has brought. */
export function plainDefinitions(defined: Readonly<Record<string, Check>>): CheckDefinitions {
  return Object.fromEntries(Object.entries(defined).map(([name, check]) => [name, toOptions(check)]))
}

/** All checks of a run: an entry of an earlier life may wait for any of them. */
export function allDefinitions(
  defined: Readonly<Record<string, Check>>,
  environment?: string,
): CheckDefinitions {
  return definitions(defined, Object.keys(defined), environment)
}

/** All checks of a run as its entries in the queue name them, for who opens the queue without an orchestrator. */
export function checksOfRun({ work }: Pick<RunSpec, 'work'>): CheckDefinitions {
  const environment = work?.metadata[environmentName]
  return allDefinitions(work?.checks ?? {}, typeof environment === 'string' ? environment : undefined)
}

/** Checks as the queue is told of them. */
export type CheckDefinitions = NonNullable<OpenMergeQueueOptions['checks']>

function toOptions({ run, timeoutMs, inputs, config, env, version, retries }: Check) {
  return {
    run,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(config === undefined ? {} : { config }),
    ...(env === undefined ? {} : { env }),
    ...(version === undefined ? {} : { version }),
    ...(retries === undefined ? {} : { retries }),
  }
}
