// A repository with a worktree, the mock model, and a pool of one real CLI that knows nothing of this machine.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { launchCluster, type ClusterManager, type ClusterOptionsInput, type SettledTurn } from '@ws/pool'
import { startMockModel, withTempRepository, type MockModel, type TempRepository } from '@ws/testing'
import { describe } from 'vitest'
import { REAL_TOOLS, type RealTool } from './real-tools.ts'

/** What a test works with. */
export interface Workplace {
  readonly model: MockModel
  readonly repository: TempRepository
  readonly cwd: string
  /** What it is started with: all of it JSON. */
  readonly options: ClusterOptionsInput
  /** Started anew by each call, closed at the end. */
  launch(options?: ClusterOptionsInput): Promise<ClusterManager>
  /** Another worktree of the same repository. */
  addWorktree(name: string): string
  /** What changed in the worktree: `?? hello.txt`. */
  changes(): string
  /** Takes everything from it that it has written down for itself. */
  forgetAll(): void
}

type Installed = Readonly<Record<string, { readonly program: string } | { readonly reason: string }>>

/** Where `scripts/test-clis.ts` has put them. */
const installed: Installed = JSON.parse(process.env['WS_CLIS'] ?? '{}')

/** Tests for each CLI that is installed; the others are named as skipped. */
export function describeRealTools(
  what: string,
  tests: (tool: RealTool) => void,
  isMeant: (tool: RealTool) => boolean = () => true,
): void {
  for (const tool of REAL_TOOLS.filter(isMeant)) {
    describe.skipIf(programOfCli(tool.name) === undefined)(`${tool.name} ${what}`, () => {
      tests(tool)
    })
  }
}

/** Whether a text stands in what the model was sent, which is too long for the message of a failure. */
export function isIn(text: string, body: unknown): boolean {
  return JSON.stringify(body).includes(JSON.stringify(text).slice(1, -1))
}

/** A turn that was to fail. */
export function failed(settled: SettledTurn) {
  if (settled.isDone) throw new Error(`it was to fail, and said: ${settled.turn.text}`)
  return settled
}

export async function withRealTool(tool: RealTool, body: (place: Workplace) => Promise<void>): Promise<void> {
  const model = await startMockModel()
  try {
    await withTempRepository((repository) => withTool(tool, model, repository, body))
  } finally {
    await model.close()
  }
}

async function withTool(
  tool: RealTool,
  model: MockModel,
  repository: TempRepository,
  body: (place: Workplace) => Promise<void>,
): Promise<void> {
  const addWorktree = (name: string) => {
    const path = join(repository.folder, name)
    repository.git('worktree', 'add', '--quiet', '-b', name, path)
    return path
  }
  const cwd = addWorktree('worktree')
  const base = optionsFor(tool, { model, cwd, folder: repository.folder })
  const clusters: ClusterManager[] = []
  const launch = async (options: ClusterOptionsInput = {}) => {
    const cluster = await launchCluster(tool.name, { ...base, ...options })
    clusters.push(cluster)
    return cluster
  }
  const changes = () => repository.gitIn(cwd, 'status', '--porcelain')
  try {
    const forgetAll = () => furnish(tool, repository.folder)
    await body({ model, repository, cwd, options: base, launch, addWorktree, changes, forgetAll })
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.close()))
  }
}

/** Where a CLI is installed, if it is. */
export function programOfCli(name: string): string | undefined {
  const found = installed[name]
  return found !== undefined && 'program' in found ? found.program : undefined
}

/** These folders first, then the Node that runs this. */
export function pathWith(folders: readonly string[]): string {
  return [...folders, dirname(process.execPath), process.env['PATH']].join(delimiter)
}

function optionsFor(
  tool: RealTool,
  { model, cwd, folder }: { model: MockModel; cwd: string; folder: string },
): ClusterOptionsInput {
  const program = programOfCli(tool.name) ?? ''
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary, { recursive: true })
  const home = furnish(tool, folder)
  return {
    count: 1,
    cwd,
    model: tool.model,
    configDir: join(home, 'config'),
    settings: tool.settings({ url: model.url, home }),
    inheritedEnv: {
      PATH: pathWith([dirname(program)]),
      HOME: home,
      TMPDIR: temporary,
      // One of them unpacks itself there when it is started for the first time.
      XDG_CACHE_HOME: join(dirname(dirname(program)), 'unpacked'),
      ...tool.env,
    },
    // A tool that needs two seconds needs many more beside others on a small machine.
    readyTimeoutMs: 120_000,
    interruptMs: 30_000,
  }
}

/** A home as it is before the first start. */
function furnish(tool: RealTool, folder: string): string {
  const home = join(folder, 'home')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  for (const [name, content] of Object.entries(tool.files ?? {}))
    writeFileSync(join(home, name), JSON.stringify(content))
  return home
}
