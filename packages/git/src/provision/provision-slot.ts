import { join } from 'node:path'
import { inheritedEnvironment } from '../platform/surroundings.ts'
import { isInside } from '../platform/paths.ts'
import { WsError } from '@ws/core'
import type { Repository } from '../repository/repository.ts'
import type { SlotRecord } from '../slots/slot-record.ts'
import { exists } from '../slots/undo-slot.ts'
import { copyFolder, copyIncluded, type CopyReport } from './copy-included.ts'
import { leasePorts, releasePorts } from './lease-ports.ts'
import { type CommandsResult, runCommands } from './run-commands.ts'

/** What a new worktree needs beyond its files. */
export interface ProvisionOptions {
  /** Directories of the main worktree to copy, such as `node_modules`. @default [] */
  readonly copy?: readonly string[]
  /** Shell lines to run in the new worktree. @default [] */
  readonly setup?: readonly string[]
  /** Names of variables that get a free port each. @default ['PORT'] */
  readonly ports?: readonly string[]
  /** Where the setup's output goes. */
  readonly logFile: string
  /** What the setup inherits. @default `process.env` */
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** What a slot was given. `env` belongs to everything that runs in it. */
export interface Provisioned {
  readonly env: Readonly<Record<string, string>>
  readonly files: CopyReport
  readonly setup: CommandsResult
}

/** Makes a slot ready to work in: files that git does not have, ports and names of its own, the setup's commands. */
export async function provisionSlot(
  repository: Repository,
  record: SlotRecord,
  options: ProvisionOptions,
): Promise<Provisioned> {
  const files = await copyIncluded(repository, record)
  const from = repository.facts.mainWorktree
  for (const folder of options.copy ?? []) {
    if (from === undefined) continue
    const target = join(record.path, folder)
    if (!isInside(from, join(from, folder)) || folder === '')
      throw new WsError('WS_GIT_COPY', `${JSON.stringify(folder)} lies outside the repository`, {
        details: { folder },
        hint: 'name a directory below its root',
      })
    if ((await exists(join(from, folder))) && !(await exists(target)))
      await copyFolder(join(from, folder), target)
  }
  const env = await slotEnvironment(repository, record, options.ports)
  const setup = await runCommands(options.setup ?? [], {
    cwd: record.path,
    env: { ...(options.env ?? inheritedEnvironment()), ...env },
    clock: repository.clock,
    logFile: options.logFile,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return { env, files, setup }
}

/**
 * The names and ports of a slot: the same each time until `unprovisionSlot` takes them back.
 * @throws `WS_GIT_NO_PORT`
 */
export async function slotEnvironment(
  repository: Repository,
  record: SlotRecord,
  portNames: readonly string[] = ['PORT'],
): Promise<Readonly<Record<string, string>>> {
  const ports = await leasePorts(repository, record.id, portNames)
  return {
    WS_SLOT: record.slot,
    WS_RUN: record.work.run,
    WS_WORKSTREAM: record.work.workstream,
    // Databases take letters, digits and "_".
    DB_NAME: `ws_${record.id.replaceAll(/[^A-Za-z0-9]/g, '_')}`,
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  }
}

/** What ends a slot's provisions. */
export interface UnprovisionOptions {
  /** Shell lines to run in the worktree before it goes. @default [] */
  readonly teardown?: readonly string[]
  /** What the slot was given: the lines see its names and ports. */
  readonly provisioned: Pick<Provisioned, 'env'>
  /** Where their output goes. */
  readonly logFile: string
  /** What they inherit. @default `process.env` */
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Takes back what a slot was given: runs the teardown's commands, and returns the ports however those ended. */
export async function unprovisionSlot(
  repository: Repository,
  record: SlotRecord,
  options: UnprovisionOptions,
): Promise<CommandsResult> {
  try {
    return await runCommands(options.teardown ?? [], {
      cwd: record.path,
      env: { ...(options.env ?? inheritedEnvironment()), ...options.provisioned.env },
      clock: repository.clock,
      logFile: options.logFile,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } finally {
    await releasePorts(repository, record.id)
  }
}
