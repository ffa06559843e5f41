import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Config, isWsError, type WsError } from '@ws/core'
import { type Finding, type Repository, runDoctor, Slots } from '@ws/git'
import { openSqliteJournal } from '@ws/store'
import type { HealthSnapshot } from '@ws/tools'
import type { Terminal } from '../terminal.ts'
import { readConfig } from './open-project.ts'
import { journalFile } from './read-log.ts'
import { knownTools, probeTools } from './tools.ts'

/** Something that is not as it should be, and what to do about it. */
export interface Trouble {
  readonly area: 'settings' | 'repository' | 'worktrees' | 'store' | 'tools'
  readonly kind: string
  readonly message: string
  readonly hint?: string
  /** `mended`; `mendable`: `--fix` does it; `person`: nothing here dares to; `note`: good to know. */
  readonly state: 'mended' | 'mendable' | 'person' | 'note'
}

/** What was found out about a repository and its machine. */
export interface Examination {
  readonly troubles: readonly Trouble[]
  readonly tools: HealthSnapshot
}

/** Looks at the settings, the repository, every worktree, the store and the tools; with `fix` it mends what it can. */
export async function examine(
  repository: Repository,
  terminal: Terminal,
  { fix }: { readonly fix: boolean },
): Promise<Examination> {
  const troubles: Trouble[] = []
  const root = repository.facts.mainWorktree ?? repository.facts.commonDir
  const config = await readConfig(root).catch((error: unknown) => {
    troubles.push(asTrouble(error, 'settings'))
    return Config.parse({})
  })
  troubles.push(...notesOf(repository))
  for (const { kind, name, message, state } of await lookAtWorktrees(repository, fix)) {
    const hint = state === 'person' ? hintFor(kind, name) : undefined
    troubles.push({ area: 'worktrees', kind, message, state, ...(hint === undefined ? {} : { hint }) })
  }
  troubles.push(...(await lookAtStore(repository)))
  const known = knownTools(config)
  const tools = await probeTools(known, terminal)
  for (const { name, isNamed } of known) {
    const { status = 'missing', warning = '' } = tools[name] ?? {}
    if (status === 'healthy' || (status === 'missing' && !isNamed)) continue
    const hint = status === 'missing' ? 'install it, or put its folder on PATH' : `try: ${name} --version`
    troubles.push({
      area: 'tools',
      kind: status,
      message: `${name} is ${status}${warning === '' ? '' : `: ${warning}`}`,
      hint,
      state: 'person',
    })
  }
  return { troubles, tools }
}

/** What was mended, and what is left: mending one thing may put another right that was for a person before. */
async function lookAtWorktrees(repository: Repository, fix: boolean): Promise<readonly Finding[]> {
  const slots = new Slots(repository)
  const found = await runDoctor(slots, { fix })
  const mended = found.filter(({ state }) => state === 'mended')
  return mended.length === 0 ? found : [...mended, ...(await runDoctor(slots))]
}

function notesOf({ facts }: Repository): readonly Trouble[] {
  const note = (kind: string, message: string): Trouble => ({
    area: 'repository',
    kind,
    message,
    state: 'note',
  })
  return [
    ...(facts.isShallow
      ? [note('shallow', 'it is a shallow clone: merges see no further than it goes')]
      : []),
    ...(facts.isPartial ? [note('partial', 'it is a partial clone: missing objects are not fetched')] : []),
    ...(facts.mainWorktree === undefined ? [note('bare', 'it has no checkout of its own')] : []),
  ]
}

/** Opening the log checks every row of it. */
async function lookAtStore({ facts }: Repository): Promise<readonly Trouble[]> {
  const path = journalFile(facts)
  if (!existsSync(path)) return []
  try {
    await (await openSqliteJournal({ path })).close()
    return []
  } catch (error) {
    return [asTrouble(error, 'store')]
  }
}

function asTrouble(error: unknown, area: Trouble['area']): Trouble {
  if (!isWsError(error)) throw error
  const { code, message, hint }: WsError = error
  return {
    area,
    kind: code,
    message,
    hint: [hint, area === 'store' ? 'ws restore <backup> puts a copy in its place' : undefined]
      .filter((part) => part !== undefined)
      .join('; '),
    state: 'person',
  }
}

function hintFor(kind: string, name: string): string | undefined {
  switch (kind) {
    case 'stale-lock-file':
      return 'wait for the git that holds it; where none runs any more, remove the file'
    case 'broken-isolation':
      return `ws worktrees remove ${name} gives it up and keeps what it holds; ws rescue brings that back`
    case 'directory-without-registration':
      return 'move it elsewhere: ws did not put it there, and leaves it alone'
    case 'disk-low':
      return 'ws gc shows what may go'
    default:
      return `look at ${join(name)}`
  }
}
