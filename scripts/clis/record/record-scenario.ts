// Plays one scenario with one CLI and gives back what went over the wire, process by process.
import type { MockModel } from '../../../packages/testing/src/index.ts'
import type { InstalledCli } from '../install-cli.ts'
import type { CliRecording } from './cli-recording.ts'
import { RecordedProcess, type ProcessCommand, type TranscriptLine } from './recorded-process.ts'
import type { Scenario } from './scenarios.ts'
import { Scrubber } from './scrub.ts'
import { makeSite, type Site } from './site.ts'

export interface Recording {
  /** One-shot processes are one transcript each. */
  readonly transcripts: readonly Transcript[]
  /** What the worktree's status says afterwards. */
  readonly changed: string
}

export interface Transcript {
  readonly name: string
  readonly command: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  readonly lines: readonly TranscriptLine[]
}

interface Playing {
  readonly recording: CliRecording
  readonly scenario: Scenario
  readonly site: Site
}

export async function recordScenario(
  recording: CliRecording,
  scenario: Scenario,
  mode: 'one-shot' | 'long-running',
  { cli, model }: { cli: InstalledCli; model: MockModel },
): Promise<Recording> {
  const site = makeSite(cli, model)
  try {
    recording.prepare?.(site)
    const playing = { recording, scenario, site }
    const played = mode === 'one-shot' ? await playOneShot(playing) : await playLongRunning(playing)
    const changed = site.repository.gitIn(site.cwd, 'status', '--porcelain')
    return { transcripts: played.map(scrubbed(scrubberOf(site))), changed }
  } finally {
    site.remove()
  }
}

function scrubberOf({ cwd, home, repository, cli, model }: Site): Scrubber {
  const { path, folder } = repository
  return new Scrubber({ cwd, home, repository: path, folder, binFolder: cli.binFolder, url: model.url })
}

function scrubbed(scrubber: Scrubber): (played: Played) => Transcript {
  return ({ name, command, lines }) => {
    // Where programs are is of this machine.
    const env = Object.entries(command.env).filter(([key]) => key !== 'PATH')
    return {
      name,
      command: {
        args: command.args.map((text) => scrubber.text(text)),
        env: Object.fromEntries(env.map(([key, value]) => [key, scrubber.text(value)])),
      },
      lines: lines.map((line) => scrubber.line(line)),
    }
  }
}

interface Played {
  readonly name: string
  readonly command: ProcessCommand
  readonly lines: readonly TranscriptLine[]
}

async function playOneShot({ recording, scenario, site }: Playing): Promise<readonly Played[]> {
  const played: Played[] = []
  let session: string | undefined
  for (const [at, prompt] of scenario.prompts.entries()) {
    const command = recording.oneShot?.(site, scenario.access, session)
    if (command === undefined) throw new Error(`${recording.name} has no one-shot mode`)
    const process = new RecordedProcess(command)
    const interrupted = interruption(process, scenario, site)
    process.write(prompt)
    process.closeInput()
    if (interrupted !== undefined) {
      await interrupted
      process.signal('SIGTERM')
    }
    await process.end(scenario.interruptAfter === undefined ? 120_000 : 5_000)
    const output = process.lines.map((line) => ('text' in line ? line.text : '')).join('')
    session = recording.sessionIn?.(output)
    const suffix = scenario.prompts.length === 1 ? '' : `-${at + 1}`
    played.push({ name: `${scenario.name}${suffix}`, command, lines: process.lines })
  }
  return played
}

async function playLongRunning({ recording, scenario, site }: Playing): Promise<readonly Played[]> {
  const { longRunning } = recording
  if (longRunning === undefined) throw new Error(`${recording.name} has no long-running mode`)
  const command = longRunning.command(site, scenario.access)
  const process = new RecordedProcess(command)
  try {
    const { access, decision } = scenario
    const session = await longRunning.open(process, { site, access, decision })
    for (const prompt of scenario.prompts) {
      const interrupted = interruption(process, scenario, site)
      // Both are waited for at once: where one fails, the other one must not fail unheard.
      await Promise.all([session.prompt(prompt), interrupted?.then(() => session.interrupt())])
    }
    session.close()
    await process.end()
  } finally {
    process.kill()
  }
  return [{ name: scenario.name, command, lines: process.lines }]
}

/** Resolves when the model has been asked as often as the scenario says. */
function interruption(process: RecordedProcess, { interruptAfter }: Scenario, { model }: Site) {
  if (interruptAfter === undefined) return undefined
  const asked = () => model.requests.filter(({ kind }) => kind === 'scripted').length
  const before = asked()
  return process.until(() => (asked() - before >= interruptAfter ? true : undefined))
}
