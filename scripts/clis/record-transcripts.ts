// node --conditions=@ws/source scripts/clis/record-transcripts.ts [<tool>[/<mode>[/<scenario>]] …]
// Runs the real CLIs against the mock model and writes down both directions of the wire, for the tests of the drivers and of the
// fake agents: packages/testing/transcripts/<tool>/<mode>/<scenario>.jsonl. Needs no account and, once they are installed, no network.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCommand } from '../command.ts'
import { toolScript } from '../gate/tool.ts'
import { startMockModel, type MockModel } from '../../packages/testing/src/index.ts'
import { provideCli, type InstalledCli } from './install-cli.ts'
import { PINNED_CLIS } from './pinned-clis.ts'
import type { CliRecording } from './record/cli-recording.ts'
import { recordScenario, type Recording } from './record/record-scenario.ts'
import { SCENARIOS } from './record/scenarios.ts'
import { aider } from './record/tools/aider.ts'
import { claude } from './record/tools/claude.ts'
import { codex } from './record/tools/codex.ts'
import { copilot } from './record/tools/copilot.ts'
import { gemini } from './record/tools/gemini.ts'
import { opencode } from './record/tools/opencode.ts'
import { qwen } from './record/tools/qwen.ts'

const RECORDINGS: readonly CliRecording[] = [claude, codex, gemini, opencode, copilot, qwen, aider]
const folder = join(import.meta.dirname, '../../packages/testing/transcripts')
const wanted = process.argv.slice(2)

for (const recording of RECORDINGS) {
  const pin = PINNED_CLIS.find(({ name }) => name === recording.name)
  if (pin === undefined || !isWanted(recording.name)) continue
  const cli = provideCli(pin, console.error)
  if ('reason' in cli) console.error(`not recorded: ${cli.name}: ${cli.reason}`)
  else await recordAll(recording, cli)
}
// What is written by hand and what is written here look the same.
runCommand(process.execPath, [toolScript('prettier', 'prettier'), '--write', folder], { cwd: folder })

async function recordAll(recording: CliRecording, cli: InstalledCli): Promise<void> {
  const { name, longRunning, oneShot } = recording
  for (const mode of [oneShot && 'one-shot', longRunning?.mode]) {
    if (mode === undefined || !isWanted(`${name}/${mode}`)) continue
    for (const scenario of recording.scenarios?.(SCENARIOS) ?? SCENARIOS) {
      const path = `${name}/${mode}/${scenario.name}`
      // Where nobody can be asked there is no answer to tell apart.
      if (!isWanted(path) || (mode === 'one-shot' && scenario.name === 'granted')) continue
      const startedAt = performance.now()
      const model = await startMockModel()
      const kind = mode === 'one-shot' ? 'one-shot' : 'long-running'
      try {
        const recorded = await recordScenario(recording, scenario, kind, { cli, model })
        write(`${name}/${mode}`, cli, recorded)
        console.log(`${path}: ${summary(recorded, model)}, ${Math.round(performance.now() - startedAt)} ms`)
      } catch (error) {
        process.exitCode = 1
        console.log(`${path}: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        await model.close()
      }
    }
  }
}

/** A wish for a part asks for what it is a part of, and one for the whole for each part. */
function isWanted(path: string): boolean {
  const isWithin = (part: string, whole: string) => part === whole || part.startsWith(`${whole}/`)
  return wanted.length === 0 || wanted.some((wish) => isWithin(path, wish) || isWithin(wish, path))
}

function write(place: string, cli: InstalledCli, { transcripts }: Recording): void {
  for (const { name, command, lines } of transcripts) {
    const file = join(folder, place, `${name}.jsonl`)
    mkdirSync(dirname(file), { recursive: true })
    const head = { tool: cli.name, version: cli.version, ...command }
    writeFileSync(file.replace(/jsonl$/, 'command.json'), `${JSON.stringify(head, undefined, 2)}\n`)
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }
}

function summary({ transcripts, changed }: Recording, { requests }: MockModel): string {
  const count = transcripts.map(({ lines }) => lines.length).join(' + ')
  const kinds = requests.map(({ kind }) => kind.slice(0, 2)).join(' ')
  const exits = transcripts.map(({ lines }) => {
    const last = lines.at(-1)
    return last !== undefined && 'exit' in last ? last.exit : '?'
  })
  return `${count} lines, exit ${exits.join(' + ')}, ${changed === '' ? 'unchanged' : changed}, asked ${kinds}`
}
