import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, WsError } from '@ws/core'
import { parseObjectId, type Repository } from '@ws/git'
import {
  buildCandidate,
  type CandidateIngredients,
  type CandidateResult,
} from '../candidate/build-candidate.ts'
import { readCommit } from '../candidate/commit-facts.ts'
import { type GeneratedFile, generateFiles } from '../candidate/generated-files.ts'
import { candidateRef, madeRef, type Pins } from '../candidate/pins.ts'
import type { CheckDefinition } from '../checks/check-definition.ts'
import { type CheckEnvironment, checkKey } from '../checks/check-key.ts'
import { CheckoutPool, type CheckoutPoolOptions } from '../checks/checkout-pool.ts'
import { RestrictedTrees } from '../checks/restricted-tree.ts'
import { type CheckCommandRunner, runCheck } from '../checks/run-check.ts'
import { runCommand } from '../checks/run-command.ts'
import { findLanding, type Landing, landTarget } from '../landing/land-target.ts'
import { observeTarget } from '../landing/observe-target.ts'
import { isPushed, type TargetRemote } from '../landing/push-target.ts'
import { targetRefs } from '../landing/target-refs.ts'
import { TargetWatch } from '../landing/target-watch.ts'
import type {
  BuildEffect,
  CheckEffect,
  EscalateEffect,
  LandEffect,
  WatchEffect,
} from '../queue/queue-effect.ts'
import type {
  CandidateOutcome,
  CheckOutcome,
  EscalationOutcome,
  LandOutcome,
  TargetSight,
} from '../queue/queue-input.ts'
import type { EntrySpec } from '../queue/queue-spec.ts'
import type { QueueActions } from './queue-driver.ts'
import type { EscalationHandler } from './queue-options.ts'

/** What the actions of one leadership share. */
export interface GitActionsOptions {
  readonly repository: Repository
  readonly epoch: number
  readonly pins: Pins
  readonly checks: ReadonlyMap<string, CheckDefinition>
  readonly generated: readonly GeneratedFile[]
  readonly checkouts: CheckoutPoolOptions
  /** Where the target is pushed before it moves here. */
  readonly remote: TargetRemote | undefined
  /** What must not have changed for git to be run in somebody's checkout. */
  readonly contentPrograms: () => string
  readonly pollMs: number
  readonly remotePollMs: number
  readonly onEscalate: EscalationHandler | undefined
  /** Runs the commands of checks, where this process is not to. */
  readonly onCommand: CheckCommandRunner | undefined
  /** The entry that an escalation is about. */
  readonly entryOf: (entryId: string) => EntrySpec | undefined
}

const pinAfterMs = 1_000

/** Acts on a repository: builds commits, runs checks, moves references. */
export class GitActions implements QueueActions {
  readonly pool: CheckoutPool
  readonly #options: GitActionsOptions
  readonly #trees: RestrictedTrees
  readonly #environment: CheckEnvironment
  readonly #versions = new Map<string, Promise<string>>()
  readonly #logs: string

  constructor(options: GitActionsOptions) {
    const { repository, checkouts, epoch } = options
    this.#options = options
    this.pool = new CheckoutPool(repository, checkouts)
    this.#trees = new RestrictedTrees(repository)
    this.#logs = join(repository.facts.wsDir, 'queue', 'logs')
    this.#environment = {
      platform: process.platform,
      arch: process.arch,
      variables: this.#env,
      versionOf: (check) => this.#versionOf(check),
      session: `leader ${epoch}`,
    }
  }

  async build(effect: BuildEffect, signal: AbortSignal): Promise<CandidateOutcome> {
    const { pins, checks, generated } = this.#options
    const result = (await this.#pinned(effect)) ?? (await this.#make(effect, signal))
    if (result.kind !== 'built') return result
    const { commit, tree, isEmpty } = result
    const keyOf = async (name: string) => {
      const check = checks.get(name)
      if (check === undefined) throw new WsError('WS_CHECK_UNKNOWN', `nobody says how check "${name}" is run`)
      return [name, await checkKey(check, tree, this.#trees, this.#environment)] as const
    }
    const [keys] = await Promise.all([
      Promise.all(effect.checks.map(keyOf)),
      isEmpty || generated.length === 0 ? undefined : pins.keep(this.#refOf(effect), commit),
    ])
    return { kind: 'built', commit, tree, isEmpty, keys: Object.fromEntries(keys) }
  }

  async check(effect: CheckEffect, signal: AbortSignal): Promise<CheckOutcome | undefined> {
    const { repository, pins, checks, onCommand } = this.#options
    const check = checks.get(effect.check)
    if (check === undefined)
      return { kind: 'infrastructure', detail: `nobody says how check "${effect.check}" is run` }
    const run = {
      check,
      commit: parseObjectId(effect.commit),
      tree: parseObjectId(effect.tree),
      logFile: join(this.#logs, `${fileName(effect.checkRunId)}.log`),
      signal,
    }
    // Whoever collects garbage leaves a candidate that is looked at; one that is looked at for a moment needs no pin.
    let pinned: Promise<void> | undefined
    const cancel = repository.clock.wakeAt(repository.clock.now() + pinAfterMs, () => {
      pinned = pins.keep(candidateRef(run.commit), run.commit).catch(() => {})
    })
    const around = { pool: this.pool, clock: repository.clock, env: this.#env, onCommand }
    const outcome = await runCheck(run, around)
    cancel()
    await pinned
    return outcome
  }

  land(effect: LandEffect): Promise<LandOutcome> {
    const { repository, epoch, remote } = this.#options
    const options = { epoch, ...(remote === undefined ? {} : { remote }) }
    return landTarget(repository, toLanding(effect), options)
  }

  async findLanding(effect: LandEffect): Promise<LandOutcome | undefined> {
    const { repository, remote } = this.#options
    const landing = toLanding(effect)
    const found = await findLanding(repository, landing)
    if (found !== undefined || remote === undefined) return found
    // Where only the remote has moved, the rest is done now: it cannot be taken back.
    return (await isPushed(repository, landing, remote)) ? this.land(effect) : undefined
  }

  watch(effect: WatchEffect, report: (sight: TargetSight) => void): TargetWatch {
    const { repository, epoch, remote, pollMs, remotePollMs, contentPrograms } = this.#options
    const { target } = effect
    const refs = targetRefs(target)
    return new TargetWatch(effect, {
      clock: repository.clock,
      pollMs,
      remotePollMs: remote === undefined ? Infinity : remotePollMs,
      report,
      peek: async () => {
        const ids = await Promise.all([refs.branch, refs.landed].map((ref) => repository.lookUp(ref)))
        return ids.join(' ')
      },
      observe: ({ adopt, withRemote }) =>
        observeTarget(repository, target, {
          epoch,
          contentPrograms: contentPrograms(),
          ...(adopt === undefined ? {} : { adopt: parseObjectId(adopt) }),
          ...(remote === undefined ? {} : { remote: { ...remote, isAsked: withRemote } }),
        }),
    })
  }

  async escalate({ entryId, problem }: EscalateEffect, signal: AbortSignal): Promise<EscalationOutcome> {
    const { onEscalate, entryOf, repository, pins } = this.#options
    const entry = entryOf(entryId)
    if (onEscalate === undefined || entry === undefined) return { kind: 'declined' }
    const answer = await onEscalate(problem, entry, { signal })
    if (answer === undefined || answer === 'declined') return { kind: 'declined' }
    if (answer === 'retry') return { kind: 'retry' }
    const commit = await repository.resolveCommit(answer.commit)
    const base = answer.base === undefined ? undefined : await repository.resolveCommit(answer.base)
    await pins.keepEntry(entryId, commit)
    return { kind: 'repaired', commit, ...(base === undefined ? {} : { base }) }
  }

  close(): Promise<void> {
    return this.pool.close()
  }

  /** A candidate with files that a command made is not made again: another run may write something else. */
  async #pinned(effect: BuildEffect): Promise<CandidateResult | undefined> {
    const { repository, generated } = this.#options
    if (generated.length === 0) return undefined
    const id = await repository.lookUp(this.#refOf(effect))
    const commit = id === undefined ? undefined : await readCommit(repository, id)
    return commit === undefined
      ? undefined
      : { kind: 'built', commit: commit.id, tree: commit.tree, isEmpty: commit.id === effect.onto }
  }

  async #make(effect: BuildEffect, signal: AbortSignal): Promise<CandidateResult> {
    const { repository, generated } = this.#options
    if (generated.length === 0) return buildCandidate(repository, effect, { signal })
    const mend = generateFiles(generated, {
      repository,
      pool: this.pool,
      trees: this.#trees,
      clock: repository.clock,
      env: this.#env,
      logFile: join(this.#logs, `generated-${fileName(effect.candidateId)}.log`),
      signal,
    })
    return buildCandidate(repository, effect, { signal, mend })
  }

  #refOf(ingredients: CandidateIngredients) {
    return madeRef(ingredients, this.#options.generated)
  }

  /** What commands inherit: what git inherits, without the variables that would lead it elsewhere. */
  get #env(): Readonly<Record<string, string | undefined>> {
    const all = Object.entries(this.#options.repository.git.program.env)
    return Object.fromEntries(all.filter(([name]) => !/^GIT_/i.test(name)))
  }

  #versionOf(check: CheckDefinition): Promise<string> {
    const known = this.#versions.get(check.name)
    if (known !== undefined) return known
    const asked = askVersion(check, {
      clock: this.#options.repository.clock,
      env: this.#env,
      cwd: this.#options.repository.facts.mainWorktree ?? this.#options.repository.facts.commonDir,
      logFile: join(this.#logs, `version-${fileName(check.name)}.log`),
    })
    this.#versions.set(check.name, asked)
    asked.catch(() => this.#versions.delete(check.name))
    return asked
  }
}

async function askVersion(
  { name, versionCommand }: CheckDefinition,
  options: {
    readonly clock: Clock
    readonly env: Readonly<Record<string, string | undefined>>
    readonly cwd: string
    readonly logFile: string
  },
): Promise<string> {
  const { logFile } = options
  await mkdir(dirname(logFile), { recursive: true })
  const before = (await readFile(logFile, 'utf8').catch(() => '')).length
  const signal = new AbortController().signal
  const end = await runCommand(versionCommand ?? '', { ...options, mark: logFile, timeoutMs: 60_000, signal })
  if (end.kind === 'exited' && end.exitCode === 0) return (await readFile(logFile, 'utf8')).slice(before)
  throw new WsError('WS_CHECK_VERSION', `the version command of check "${name}" failed`, {
    details: { check: name, end },
    hint: 'what it prints belongs to what results are remembered by: mend it, or leave it out',
  })
}

function toLanding({ target, from, to }: LandEffect): Landing {
  return { target, from: parseObjectId(from), to: parseObjectId(to) }
}

/** An id as a file's name. */
function fileName(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/.test(id)) return id
  return createHash('sha256').update(id).digest('hex').slice(0, 32)
}
