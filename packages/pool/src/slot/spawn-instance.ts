import { join } from 'node:path'
import type { Clock } from '@ws/core'
import type { Connection, LaunchMode, LaunchRequest, ToolAdapter } from '@ws/tools'
import type { ProcessTable } from '../platform/process-table.ts'
import { Instance } from '../instance/instance.ts'
import type { KnownSession } from '../instance/turn.ts'
import type { PoolOptions, PoolPorts } from '../pool/pool-options.ts'
import { textCleaner } from '../process/clean-text.ts'
import { resolveLaunch } from '../process/launch.ts'
import type { ProcessLedger } from '../process/process-ledger.ts'
import { startProcess, type ToolProcess } from '../process/tool-process.ts'
import type { ProcessLimits } from './process-limits.ts'

/** What all instances of a pool have in common. */
export interface SpawnContext {
  readonly adapter: ToolAdapter
  readonly settings: PoolOptions
  readonly clock: Clock
  readonly processes: ProcessTable
  readonly limits: ProcessLimits
  readonly ledger: ProcessLedger | undefined
  readonly inheritedEnv: Readonly<Record<string, string | undefined>>
  readonly sandbox: PoolPorts['sandbox']
  readonly onListenerError: PoolPorts['onListenerError']
}

/** What one of them is started for. */
export interface SpawnRequest {
  readonly index: number
  readonly mode: LaunchMode
  readonly cwd: string
  /** A conversation that the process takes up when it starts. */
  readonly session?: { readonly name: string; readonly known: KnownSession } | undefined
  readonly signal?: AbortSignal
}

/**
 * Starts a process of the tool and connects to it, as soon as the limits allow one more.
 * @throws `WS_TOOL_MISSING`, `WS_TOOL_START`, `WS_TOOL_FILES`, `WS_TOOL_SHIM`, and what the adapter throws.
 */
export async function spawnInstance(request: SpawnRequest, context: SpawnContext): Promise<Instance> {
  const { adapter, settings, clock, limits, processes, ledger, sandbox } = context
  const { index, mode, cwd } = request
  const launchRequest = toLaunchRequest(request, settings)
  const give = await limits.take(request.signal)
  try {
    const resolved = await resolveLaunch(adapter.launch(launchRequest), {
      cwd,
      inherited: context.inheritedEnv,
      env: settings.env,
      configDir: launchRequest.configDir,
    })
    const clean = textCleaner([...resolved.secrets, ...settings.secrets])
    const launch = sandbox === undefined ? resolved : sandbox.wrap(resolved)
    const process = await startProcess(launch, { clock, processes, ledger, clean })
    const connection = await connect(process, adapter, launchRequest, clock)
    const instance = new Instance(process, connection, {
      index,
      adapter,
      mode,
      cwd,
      clock,
      clean,
      onListenerError: context.onListenerError,
      model: settings.model,
      isShared: settings.sharedProcess && adapter.traits.sessions === 'many' && mode === 'long-running',
      takenUp: request.session?.name,
      readyTimeoutMs: settings.readyTimeoutMs,
      interruptMs: settings.interruptMs,
      endTimes: { endOfInputMs: settings.endOfInputMs, termMs: settings.termMs },
    })
    void instance.gone.then(() => {
      limits.report(instance, undefined)
      give()
    })
    return instance
  } catch (error) {
    give()
    throw error
  }
}

/** An adapter that throws leaves a process that nobody would know. */
async function connect(
  process: ToolProcess,
  adapter: ToolAdapter,
  request: LaunchRequest,
  clock: Clock,
): Promise<Connection> {
  try {
    return adapter.connect(process.wire, request, { clock })
  } catch (error) {
    await process.end({ cause: 'closed' }, { endOfInputMs: 0, termMs: 0 }, { force: true })
    throw error
  }
}

function toLaunchRequest({ index, mode, cwd, session }: SpawnRequest, settings: PoolOptions): LaunchRequest {
  const { permission, model, configDir, settings: own } = settings
  const usage = session?.known.usage
  return {
    mode,
    cwd,
    permission,
    ...(model === undefined ? {} : { model }),
    ...(configDir === undefined ? {} : { configDir: join(configDir, String(index)) }),
    ...(own === undefined ? {} : { settings: own }),
    ...(session === undefined ? {} : { sessionId: session.known.id }),
    ...(usage === undefined ? {} : { usedBefore: usage }),
  }
}
