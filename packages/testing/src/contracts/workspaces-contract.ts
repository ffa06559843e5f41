import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Settlement, Workspace, WorkspaceRequest, Workspaces } from '@ws/core'
import type { ContractCase } from '../journal-contract/journal-contract.ts'

/** Workspaces of a case's own, over a repository whose target has `shared.txt`, with the line "shared". */
export interface WorkspacesPlace {
  readonly workspaces: Workspaces
  /** The branch that work begins at. */
  readonly target: string
  /** Whether a commit can still be had, by whatever it is kept. */
  keeps(commit: string): Promise<boolean>
}

/** A round whose claims are the folder of its workstream. */
function request(
  { target }: WorkspacesPlace,
  workstreamId: string,
  more: { readonly attempt?: number; readonly inputs?: readonly string[]; readonly claim?: string } = {},
): WorkspaceRequest {
  const claims = [{ path: more.claim ?? `${workstreamId}/**`, mode: 'exclusive' }] as const
  return {
    runId: 'contract',
    workstreamId,
    taskId: `${workstreamId}-task`,
    round: 1,
    attempt: more.attempt ?? 1,
    target,
    inputs: more.inputs ?? [],
    claims,
    signal: new AbortController().signal,
    run: {
      mode: 'execute',
      base: target,
      checks: {},
      remote: { name: 'origin', push: 'none' },
      generated: {},
      tools: {},
      isolation: 'worktree',
      testEach: false,
      keepWorktree: true,
      metadata: {},
    },
    workstream: {
      baseOn: 'dependencies',
      setup: [],
      teardown: [],
      enforce: 'quarantine',
      landing: { target, method: 'merge', approve: 'auto', checks: [], advisory: [] },
    },
    task: {
      role: 'work',
      inputs: [],
      files: [],
      outputs: [],
      artifacts: [],
      env: { CONTRACT: 'yes' },
      timeoutMs: 600_000,
      claims,
      guardrails: { forbidPaths: [], forbidPatterns: [], limits: [], commands: [] },
    },
  }
}

async function opened(place: WorkspacesPlace, asked: WorkspaceRequest): Promise<Workspace> {
  const answer = await place.workspaces.open(asked)
  if (!answer.isOpen) assert.fail(`it was not opened: ${JSON.stringify(answer.failure)}`)
  return answer.workspace
}

function write({ path }: Workspace, file: string, content: string): void {
  mkdirSync(dirname(join(path, file)), { recursive: true })
  writeFileSync(join(path, file), content)
}

const asCommit = { as: 'commit', message: 'contract: work', trailers: {} } as const

/** What the workstream has written is committed, and the commit is told. */
async function committed(place: WorkspacesPlace, name: string, file: string, content: string) {
  const asked = request(place, name, file.startsWith(`${name}/`) ? {} : { claim: file })
  const workspace = await opened(place, asked)
  write(workspace, file, content)
  const settlement = await workspace.settle(asCommit)
  return { asked, workspace, settlement, commit: commitOf(settlement) }
}

function commitOf(settlement: Settlement): string {
  assert.equal(settlement.kind, 'settled', JSON.stringify(settlement))
  const commit = settlement.kind === 'settled' ? settlement.commit : undefined
  assert.match(commit ?? '', /^[0-9a-f]{40,64}$/)
  return commit ?? ''
}

/**
 * What every `Workspaces` must do, however it makes its directories.
 *
 * @example
 * for (const { title, run } of workspacesContract) test(title, async () => run(await newPlace()))
 */
export const workspacesContract: readonly ContractCase<WorkspacesPlace>[] = [
  {
    title: 'each round has a directory of its own, with what the target has and what its task is given',
    async run(place) {
      const one = await opened(place, request(place, 'one'))
      const two = await opened(place, request(place, 'two'))
      assert.notEqual(one.path, two.path)
      for (const { path, env } of [one, two]) {
        assert.equal(readFileSync(join(path, 'shared.txt'), 'utf8'), 'shared\n')
        assert.equal(env['CONTRACT'], 'yes')
      }
      write(one, 'one/a.txt', 'a\n')
      assert.ok(!existsSync(join(two.path, 'one')))
    },
  },
  {
    title: 'what was done within the claims is committed and named',
    async run(place) {
      const { settlement, commit } = await committed(place, 'one', 'one/a.txt', 'a\nb\n')
      assert.deepEqual(settlement.files, ['one/a.txt'])
      assert.deepEqual([settlement.linesAdded, settlement.linesRemoved], [2, 0])
      assert.deepEqual(settlement.setAside, [])
      assert.ok(await place.keeps(commit))
    },
  },
  {
    title: 'where nothing changed there is no commit',
    async run(place) {
      const settlement = await (await opened(place, request(place, 'one'))).settle(asCommit)
      assert.equal(settlement.kind, 'settled')
      assert.equal(settlement.kind === 'settled' ? settlement.commit : '', undefined)
      assert.deepEqual(settlement.files, [])
    },
  },
  {
    title: 'the next attempt begins at the last commit, without what was only kept',
    async run(place) {
      const { workspace } = await committed(place, 'one', 'one/good.txt', 'good\n')
      write(workspace, 'one/half.txt', 'half\n')
      const kept = await workspace.settle({ ...asCommit, as: 'keep' })
      assert.equal(kept.kind === 'settled' ? kept.commit : '', undefined)
      const next = await opened(place, request(place, 'one', { attempt: 2 }))
      assert.equal(readFileSync(join(next.path, 'one/good.txt'), 'utf8'), 'good\n')
      assert.ok(!existsSync(join(next.path, 'one/half.txt')))
    },
  },
  {
    title: 'what nobody settled is not there for the next attempt either',
    async run(place) {
      write(await opened(place, request(place, 'one')), 'one/lost.txt', 'lost\n')
      const next = await opened(place, request(place, 'one', { attempt: 2 }))
      assert.ok(!existsSync(join(next.path, 'one/lost.txt')))
    },
  },
  {
    title: 'a new file outside of the claims is set aside, not committed',
    async run(place) {
      const workspace = await opened(place, request(place, 'one'))
      write(workspace, 'one/a.txt', 'a\n')
      write(workspace, 'notes.txt', 'notes\n')
      const settlement = await workspace.settle(asCommit)
      assert.deepEqual(settlement.setAside, ['notes.txt'])
      assert.deepEqual(settlement.files, ['one/a.txt'])
      commitOf(settlement)
    },
  },
  {
    title: 'a change outside of the claims breaks them, and is not committed',
    async run(place) {
      const workspace = await opened(place, request(place, 'one'))
      write(workspace, 'shared.txt', 'mine\n')
      const settlement = await workspace.settle(asCommit)
      assert.equal(settlement.kind, 'breached')
      assert.deepEqual(settlement.kind === 'breached' && settlement.breach, {
        breach: 'outside-claims',
        paths: ['shared.txt'],
      })
    },
  },
  {
    title: 'what became of an attempt can be looked up: its commit, where it made one',
    async run(place) {
      assert.equal(await place.workspaces.lookUp(request(place, 'one')), undefined)
      const { asked, commit } = await committed(place, 'one', 'one/a.txt', 'a\n')
      const found = await place.workspaces.lookUp(asked)
      assert.equal(found?.kind === 'settled' ? found.commit : undefined, commit)
      assert.equal(await place.workspaces.lookUp(request(place, 'one', { attempt: 2 })), undefined)
    },
  },
  {
    title: 'what is built on others has what they did',
    async run(place) {
      const one = await committed(place, 'one', 'one/a.txt', 'a\n')
      const two = await committed(place, 'two', 'two/b.txt', 'b\n')
      const asked = request(place, 'three', { inputs: [one.commit, two.commit] })
      const { path } = await opened(place, asked)
      assert.equal(readFileSync(join(path, 'one/a.txt'), 'utf8'), 'a\n')
      assert.equal(readFileSync(join(path, 'two/b.txt'), 'utf8'), 'b\n')
    },
  },
  {
    title: 'what is built on others that do not merge is not opened, which is no exception',
    async run(place) {
      const one = await committed(place, 'one', 'same.txt', 'one\n')
      const two = await committed(place, 'two', 'same.txt', 'two\n')
      const asked = request(place, 'three', { inputs: [one.commit, two.commit] })
      const answer = await place.workspaces.open(asked)
      assert.equal(answer.isOpen, false)
      assert.equal(typeof (!answer.isOpen && answer.failure.reason), 'string')
    },
  },
  {
    title: 'what was prepared is opened as if it were made then, by several at once as well',
    async run(place) {
      const { commit } = await committed(place, 'one', 'one/a.txt', 'a\n')
      const preparing = place.workspaces.prepare?.(request(place, 'two'))
      const { path } = await opened(place, request(place, 'two', { inputs: [commit] }))
      await preparing
      assert.equal(readFileSync(join(path, 'one/a.txt'), 'utf8'), 'a\n')
      await place.workspaces.prepare?.(request(place, 'two'))
      assert.equal(readFileSync(join(path, 'one/a.txt'), 'utf8'), 'a\n')
    },
  },
  {
    title: 'what was prepared for nothing is released like any other',
    async run(place) {
      const preparing = place.workspaces.prepare?.(request(place, 'one'))
      await place.workspaces.release(request(place, 'one'))
      await preparing
      await committed(place, 'one', 'one/a.txt', 'a\n')
    },
  },
  {
    title: 'a round that is released loses nothing that was committed, and releasing it again is nothing',
    async run(place) {
      const { asked, commit } = await committed(place, 'one', 'one/a.txt', 'a\n')
      await place.workspaces.release(asked)
      await place.workspaces.release(asked)
      await place.workspaces.release(request(place, 'never'))
      assert.ok(await place.keeps(commit))
    },
  },
  {
    title: 'closing it twice is closing it once',
    async run({ workspaces }) {
      await workspaces.close()
      await workspaces.close()
    },
  },
]
