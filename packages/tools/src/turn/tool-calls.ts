import type { TurnEvent } from '../adapter/tool-adapter.ts'
import type { Saying, ToolKind } from '../message/apply-rules.ts'

/** Which of an agent's tools change files, and which run commands, by their names without case. */
export interface ToolKinds {
  readonly write: readonly string[]
  readonly command: readonly string[]
}

/** What a tool does, as far as its name says. */
export function kindOf(name: string, { write, command }: ToolKinds): ToolKind {
  const key = name.toLowerCase()
  if (write.some((each) => each.toLowerCase() === key)) return 'write'
  return command.some((each) => each.toLowerCase() === key) ? 'command' : 'other'
}

interface Call {
  readonly name: string
  readonly kind: ToolKind
  readonly paths: readonly string[]
}

type ToolSaying = Extract<Saying, { says: 'tool' }>

/** More of each than this is not kept: the worktree knows what changed. */
const maxKept = 10_000

/** What an agent did in a turn: ties the ends of its tools to their beginnings, and knows what they changed. */
export class ToolCalls {
  readonly #kinds: ToolKinds
  readonly #open = new Map<string, Call>()
  readonly #files = new Set<string>()
  /** Something was changed, or a command ran: what was denied before did not keep it from working. */
  hasActed = false

  constructor(kinds: ToolKinds) {
    this.#kinds = kinds
  }

  /** Files that tools changed, in the order of their first change. */
  get files(): readonly string[] {
    return [...this.#files]
  }

  pathsOf(id: string): readonly string[] {
    return this.#open.get(id)?.paths ?? []
  }

  nameOf(id: string): string | undefined {
    return this.#open.get(id)?.name
  }

  /** The event that it is; none where it only says again that something began. */
  hear(saying: ToolSaying): TurnEvent | undefined {
    const before = saying.id === undefined ? undefined : this.#open.get(saying.id)
    const name = saying.name ?? before?.name ?? 'tool'
    const call = {
      name,
      kind: saying.kind ?? before?.kind ?? kindOf(name, this.#kinds),
      paths: saying.paths.length > 0 ? saying.paths : (before?.paths ?? []),
    }
    if (saying.status === 'started') {
      this.#start(saying.id, call)
      if (before !== undefined && before.paths.length === call.paths.length) return undefined
    } else this.#stop(saying.id, call, saying.status)
    return {
      type: 'tool',
      name,
      status: saying.status,
      ...(call.paths.length === 0 ? {} : { paths: call.paths }),
      ...(saying.detail === undefined || saying.detail === '' ? {} : { detail: saying.detail }),
    }
  }

  #start(id: string | undefined, call: Call): void {
    if (id !== undefined && this.#open.size < maxKept) this.#open.set(id, call)
  }

  #stop(id: string | undefined, { kind, paths }: Call, status: 'done' | 'failed'): void {
    if (id !== undefined) this.#open.delete(id)
    if (status === 'failed' || kind === 'other') return
    this.hasActed = true
    if (kind !== 'write') return
    for (const path of paths) if (this.#files.size < maxKept) this.#files.add(path)
  }
}
