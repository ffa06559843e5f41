// A recorded scenario of a tool, played with the request under which it was recorded.
import type { LaunchRequest } from '../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter } from '../../src/adapters/built-in.ts'
import { acpMeaning, claudeMeaning, codexMeaning, oneShotMeaning, replMeaning } from '../meanings.ts'
import { replay, type Replayed, type ReplayOptions } from '../replay.ts'
import { readTranscript, renumbered, type Transcript } from '../transcript.ts'

const meanings = {
  'one-shot': oneShotMeaning,
  'stream-json': claudeMeaning,
  'app-server': codexMeaning,
  acp: acpMeaning,
  repl: replMeaning,
}

export type RecordedMode = keyof typeof meanings

const recordedModes: readonly RecordedMode[] = ['one-shot', 'stream-json', 'app-server', 'acp', 'repl']

export interface Scenario {
  readonly tool: string
  readonly mode: RecordedMode
  readonly name: string
}

/** Our requests are counted from 0 by the SDK of ACP, from 1 in the recordings. */
export function transcriptOf({ tool, mode, name }: Scenario): Transcript {
  const transcript = readTranscript(`${tool}/${mode}/${name}`)
  return mode === 'acp' ? renumbered(transcript, -1) : transcript
}

export function requestOf({ tool, mode, name }: Scenario): LaunchRequest {
  const isAsked = mode !== 'one-shot' && mode !== 'repl' && (name === 'denied' || name === 'granted')
  return {
    mode: mode === 'one-shot' ? 'one-shot' : 'long-running',
    cwd: '<cwd>',
    permission: isAsked ? 'ask' : mode === 'acp' ? 'all' : 'edit',
    ...(tool === 'codex' ? { model: 'gpt-5.5' } : {}),
  }
}

/** @example scenarioOf('codex/one-shot/edit') */
export function scenarioOf(recording: string): Scenario {
  const [tool = '', folder = '', name = ''] = recording.split('/')
  const mode = recordedModes.find((each) => each === folder)
  if (mode === undefined) throw new Error(`no mode ${folder}`)
  return { tool, mode, name }
}

interface PlayOptions {
  readonly transcript?: Transcript
  readonly request?: LaunchRequest
  readonly pieces?: ReplayOptions['pieces']
}

export function playScenario(
  scenario: Scenario,
  { transcript = transcriptOf(scenario), request = requestOf(scenario), pieces }: PlayOptions = {},
): Promise<Replayed> {
  const spec = builtInAdapter(scenario.tool)
  if (spec === undefined) throw new Error(`no adapter ${scenario.tool}`)
  return replay(toolAdapter(spec), transcript, { request, meaning: meanings[scenario.mode], pieces })
}
