// Plays a recording against an adapter: the recorded tool speaks, and what was said to it then has to be said again.
import type {
  Connection,
  LaunchRequest,
  PermissionAnswer,
  ToolAdapter,
  ToolSession,
  TurnEnd,
  TurnEvent,
} from '../src/adapter/tool-adapter.ts'
import type { WireExit } from '../src/wire/wire.ts'
import { ScriptedWire, settle } from './scripted-wire.ts'
import { type Entry, said, type Transcript } from './transcript.ts'

/** What became of a replay. */
export interface Replayed {
  readonly turns: readonly TurnEnd[]
  readonly events: readonly TurnEvent[]
  /** What the adapter wrote. */
  readonly written: string
}

/** What a line of ours in a recording meant. */
export type Action =
  | { readonly does: 'prompt'; readonly text: string }
  | { readonly does: 'interrupt' }
  | { readonly does: 'answer'; readonly answer: PermissionAnswer }
  | { readonly does: 'nothing' }

/** How the lines of a protocol are read. */
export type Meaning = (line: string) => Action

export interface ReplayOptions {
  readonly request?: Partial<LaunchRequest>
  readonly meaning: Meaning
  readonly sessionId?: string
  /** How what the tool says at a time arrives. @default in one piece */
  readonly pieces?: ((text: string) => readonly Uint8Array[]) | undefined
}

/** Runs a recording to its end. */
export async function replay(
  adapter: ToolAdapter,
  { entries }: Transcript,
  { request = {}, meaning, sessionId, pieces }: ReplayOptions,
): Promise<Replayed> {
  const wire = new ScriptedWire()
  const events: TurnEvent[] = []
  const turns: Promise<TurnEnd>[] = []
  const answers = entries.flatMap((entry) => {
    const action = actionOf(entry, meaning)
    return action?.does === 'answer' ? [action.answer] : []
  })
  const launch: LaunchRequest = { mode: 'long-running', cwd: '<cwd>', permission: 'edit', ...request }
  const connection = adapter.connect(wire, launch)
  let session: ToolSession | undefined
  const opened = open(connection, launch, sessionId).then((answer) => (session = answer))
  let expected = ''
  for (const entry of entries) {
    if ('signal' in entry) {
      await settle()
      session?.interrupt()
    }
    if ('exit' in entry) wire.exit(exitOf(entry.exit, said(entries, 'err')))
    if (!('dir' in entry)) continue
    if (entry.dir === 'out') for (const piece of pieces?.(entry.text) ?? [entry.text]) wire.say(piece)
    if (entry.dir !== 'in') continue
    const action = actionOf(entry, meaning)
    if (action?.does === 'prompt') {
      await opened
      const options = {
        onEvent: (event: TurnEvent) => void events.push(event),
        decide: () => answers.shift() ?? { isAllowed: false, because: 'no more' },
      }
      // The turn before has to be over, or the recording is not ours to play.
      await turns.at(-1)
      turns.push(session!.prompt(action.text, options))
    }
    if (action?.does === 'interrupt') {
      await settle()
      session!.interrupt()
    }
    expected += entry.text
    await wire.until(({ written }) => written.length >= expected.length)
  }
  return { turns: await Promise.all(turns), events, written: wire.written }
}

async function open(
  connection: Connection,
  { cwd }: LaunchRequest,
  sessionId: string | undefined,
): Promise<ToolSession> {
  const answer = await connection.openSession({ cwd, ...(sessionId === undefined ? {} : { sessionId }) })
  if (!answer.isOpen) throw new Error(`no session: ${JSON.stringify(answer.failure)}`)
  return answer.session
}

function actionOf(entry: Entry, meaning: Meaning): Action | undefined {
  return 'dir' in entry && entry.dir === 'in' ? meaning(entry.text) : undefined
}

function exitOf(exit: number | string, errorTail: string): WireExit {
  return typeof exit === 'number'
    ? { exitCode: exit, signal: null, errorTail }
    : { exitCode: null, signal: exit, errorTail }
}
