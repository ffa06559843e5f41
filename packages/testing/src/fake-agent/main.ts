import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTime } from '../track-resources.ts'
import { AgentInput } from './agent-input.ts'
import { AgentProcess } from './agent-process.ts'
import { speak, versionOf } from './dialect/dialects.ts'
import type { FakeAgentSetup } from './fake-agent.ts'
import { playReplay } from './play-replay.ts'

// The program behind fakeAgent(): its first argument is the directory with its script, the others are those of the tool.

const [, , home = '', ...argv] = process.argv
const setup: FakeAgentSetup = JSON.parse(readFileSync(join(home, 'setup.json'), 'utf8'))
const ledger = process.env['WS_TEST_LEDGER']
if (ledger !== undefined) appendFileSync(ledger, `${process.pid} ${startTime(process.pid)}\n`)

const script = 'script' in setup ? setup.script : []
const forgets = 'script' in setup && setup.forgets === true
if ('script' in setup && argv.includes('--version')) {
  process.stdout.write(`${versionOf(setup.tool)}\n`)
} else {
  const agent = new AgentProcess({ home, script, argv, forgets, input: new AgentInput(process.stdin) })
  agent.noteProcess('processes', process.pid)
  // A program whose input has ended goes on until it is done.
  setInterval(() => {}, 1e6)
  if ('replay' in setup) await agent.leave(await playReplay(setup.replay, agent))
  else {
    for (const step of setup.start) await agent.behave(step)
    await agent.leave(await speak(setup.tool, agent))
  }
}
