import { join } from 'node:path'
import type { Executor, RunEvent, RunMachineState, Workspaces } from '@ws/core'
import { type Repository, shortBranch, Slots } from '@ws/git'
import { probeTool } from '@ws/pool'
import type { WorkEvent } from '@ws/store/records'
import { AttemptDriver } from './drivers/attempt-driver.ts'
import { CheckRuns } from './hosts/check-runs.ts'
import { AttemptLogs } from './execution/attempt-logs.ts'
import { openLocalExecutor } from './execution/local-executor.ts'
import { RunTools } from './execution/run-tools.ts'
import { ToolProbes } from './execution/tool-probes.ts'
import { Transcripts } from './execution/transcript.ts'
import { waitingTasks } from './execution/waiting-tasks.ts'
import type { Opened } from './opened.ts'
import type { ResolvedOptions } from './orchestrator-options.ts'
import { AttemptRecords } from './records/attempt-records.ts'
import { inheritedEnvironment } from './platform/surroundings.ts'
import type { RunFolders } from './run-folders.ts'
import { GitWorkspaces } from './workspaces/git-workspaces.ts'
import { Tidier } from './workspaces/tidier.ts'
import { WorktreesAhead } from './workspaces/worktrees-ahead.ts'

/** What a process acts through, whoever leads. */
export interface Acting {
  readonly attempts: AttemptDriver
  /** Worktrees of this repository, which landings are taken from. */
  readonly worktrees: GitWorkspaces
  readonly tidier: Tidier
  /** Gives up what an event says is needed no more. */
  readonly hear: (event: RunEvent) => void
  /** Gives up the directories of rounds that were over before. */
  readonly tidy: () => Promise<void>
  /** What this machine's own executor starts; absent where somebody else's does the work. */
  readonly tools: RunTools | undefined
  readonly env: NodeJS.ProcessEnv
  /** Runs checks in this environment. */
  readonly checks: CheckRuns
  /** Whether this process works on a run. */
  readonly isOwn: (runId: string) => boolean
}

/** What acting looks at. */
export interface ActingSurroundings {
  readonly repository: Repository
  readonly folders: RunFolders
  readonly opened: Opened
  readonly look: () => RunMachineState
  /** Under which this process changes refs, while it leads. */
  readonly epoch: () => number | undefined
  /** Has what this process saw written down. */
  readonly seen: (event: WorkEvent) => void
  /** Whether this process gives up the directories of a run. */
  readonly tidies: (runId: string) => boolean
  /** Whether this process works on a run. */
  readonly isOwn: (runId: string) => boolean
}

/** Opens what attempts are done with: worktrees, processes, their logs. */
export async function openActing(
  options: ResolvedOptions,
  { repository, folders, opened, look, epoch, seen, tidies, isOwn }: ActingSurroundings,
): Promise<Acting> {
  const { clock, minFreeBytes, worktreesFolder: root } = options
  const env = options.env ?? inheritedEnvironment()
  const checks = new CheckRuns({ clock, env })
  opened.defer(() => checks.close())
  const worktrees = new GitWorkspaces({
    repository,
    slots: new Slots(repository, { minFreeBytes, ...(root === undefined ? {} : { root }) }),
    epoch,
    env,
    logFile: (of) => folders.setupLog(of),
    onOpened: ({ runId, workstreamId, round }, { branch, path, base }) =>
      seen({
        type: 'worktree.opened',
        ...{ runId, workstreamId, round, path, base },
        branch: shortBranch(branch),
      }),
    onExtended: ({ runId, workstreamId, round, taskId, attempt }, inputs, commit) =>
      seen({
        type: 'inputs.extended',
        ...{ runId, workstreamId, round, taskId, attempt, commit },
        inputs: [...inputs],
      }),
  })
  const workspaces: Workspaces = options.workspaces ?? worktrees
  opened.defer(() => workspaces.close())
  const tools = new RunTools({
    adapters: options.adapters,
    settingsOf: (runId) => look().runs.get(runId)?.spec.work?.tools ?? {},
  })
  const transcripts = new Transcripts()
  let { executor } = options
  /** Ends what was kept for work that does not come any more. */
  let rest: () => Promise<void> = () => Promise.resolve()
  if (executor === undefined) {
    const local = await openLocalExecutor({
      ...{ clock, env, tools, waiting: waitingTasks(look), transcripts },
      ledgerFolder: join(repository.facts.wsDir, 'processes'),
    })
    rest = () => local.tidy()
    executor = local
  }
  const acts: Executor = executor
  opened.defer(() => acts.close())
  const logs = new AttemptLogs((of) => folders.attemptLog(of))
  opened.defer(() => logs.close())
  const attempts = new AttemptDriver({
    workspaces,
    executor: acts,
    clock,
    look,
    onOutput: (of, output) => logs.write(of, output),
    onSilence: (of) => logs.end(of),
    records: new AttemptRecords(folders, seen, transcripts),
  })
  const tidier = new Tidier(async ({ state, ...of }) => {
    // A tool that does not end keeps no worktree.
    await rest().catch(() => {})
    if (!tidies(of.runId)) return
    if (options.workspaces === undefined) await worktrees.tearDown(of, state.spec.work?.teardown ?? [])
    await workspaces.release(of)
  }, look)
  const ahead = new WorktreesAhead({
    ...{ look, isOwn, workspaces, most: options.worktreesAhead },
  })
  opened.defer(() => ahead.close())
  const tidy = async () => {
    if (options.workspaces === undefined) tidier.catchUp(await worktrees.left())
  }
  const ownTools = options.executor === undefined ? tools : undefined
  const probes = new ToolProbes({
    ...{ clock, tell: seen },
    probe: (argv, how) => probeTool(argv, how, { clock, cwd: repository.facts.wsDir, inheritedEnv: env }),
    toolsOf: async (run) => (await ownTools?.probed(run)) ?? [],
    goesOn: (runId) => look().runs.get(runId)?.status === 'RUNNING' && isOwn(runId),
  })
  opened.defer(() => probes.close())
  const hear = (event: RunEvent) => {
    // One that was taken on has been started before.
    const isNews = event.type === 'run.started' || event.type === 'task.started'
    if (isNews && isOwn(event.runId)) watch(event.runId)
    rest().catch(() => {})
    ahead.hear(event)
    tidier.hear(event)
  }
  const watch = (runId: string) => {
    const spec = look().runs.get(runId)?.spec
    if (spec !== undefined) probes.watch(spec)
  }
  return { attempts, worktrees, tidier, hear, tidy, env, checks, isOwn, tools: ownTools }
}
