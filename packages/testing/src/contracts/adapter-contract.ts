import assert from 'node:assert/strict'
import type { ContractCase } from '../journal-contract/journal-contract.ts'
import { withTempDir } from '../with-temp-dir.ts'
import {
  type ContractAdapter,
  type ContractConnection,
  type ContractExit,
  type ContractLaunchRequest,
  type ContractProgram,
  type ContractSession,
  type ContractTurnEnd,
  type ContractWire,
  startProgram,
} from './tool-under-contract.ts'

/** An adapter, and a program that speaks as its tool does. */
export interface AdapterPlace {
  readonly adapter: ContractAdapter
  /** Answers every prompt; a fake agent, or a stand-in of one's own. */
  readonly program: ContractProgram
  /** What its answers hold. */
  readonly answer: string
}

type Mode = ContractLaunchRequest['mode']

const modes: readonly Mode[] = ['one-shot', 'long-running']

/** Runs `body` with a program of its own, in each of these modes that the adapter has. */
async function inModes(
  { adapter, program }: AdapterPlace,
  wanted: readonly Mode[],
  body: (talk: {
    readonly mode: Mode
    readonly cwd: string
    readonly connection: ContractConnection
    kill(): void
  }) => Promise<void>,
): Promise<void> {
  for (const mode of wanted.filter((each) => adapter.traits.modes.includes(each))) {
    await withTempDir(async (cwd) => {
      const request = { mode, cwd, permission: 'edit' } as const
      const started = startProgram(program, adapter.launch(request), cwd)
      try {
        const { wire, kill } = started
        await body({ mode, cwd, connection: adapter.connect(wire, request), kill })
      } finally {
        started.kill()
        await started.wire.exited
      }
    })
  }
}

async function open(connection: ContractConnection, cwd: string): Promise<ContractSession> {
  const readiness = await connection.ready
  if (!readiness.isReady) assert.fail(`it takes no prompts: ${JSON.stringify(readiness.failure)}`)
  const answer = await connection.openSession({ cwd })
  if (!answer.isOpen) assert.fail(`it opens no session: ${JSON.stringify(answer.failure)}`)
  return answer.session
}

function isAnswered({ outcome, text, usage }: ContractTurnEnd, answer: string): void {
  assert.equal(outcome, 'completed')
  assert.ok(text.includes(answer), `the answer is ${JSON.stringify(text)}`)
  for (const amount of [usage.inputTokens, usage.outputTokens])
    assert.ok(Number.isFinite(amount) && amount >= 0, `${amount} is no amount`)
}

/** What has gone without an answer: nothing of it may look like one. */
async function isUnanswered(connection: ContractConnection, cwd: string): Promise<void> {
  await connection.ready
  const answer = await connection.openSession({ cwd })
  if (!answer.isOpen) return
  const { outcome } = await answer.session.prompt('Is anybody there?')
  assert.notEqual(outcome, 'completed')
}

/** A program that says this and is gone. */
function gone(said: readonly Uint8Array[], exit: ContractExit): ContractWire {
  return {
    output: (async function* () {
      yield* said
    })(),
    write: () => Promise.resolve(),
    end: () => {},
    exited: Promise.resolve(exit),
  }
}

const noise = [
  new TextEncoder().encode('Update available!\n{"type":\n'),
  new Uint8Array([0xc3, 0x28, 0, 0xff, 10]),
  new TextEncoder().encode('{"id":1,"result":null}\n[]\nnull\n{"a":{"b":[1,2,"half'),
]
const exits: readonly ContractExit[] = [
  { exitCode: 0, signal: null, errorTail: '' },
  { exitCode: 3, signal: null, errorTail: 'something is wrong' },
  { exitCode: null, signal: 'SIGKILL', errorTail: '' },
]

/**
 * What every tool adapter must do, whatever its tool speaks.
 *
 * @example
 * for (const { title, run } of adapterContract) test(title, async () => run({ adapter, program, answer: 'done' }))
 */
export const adapterContract: readonly ContractCase<AdapterPlace>[] = [
  {
    title: 'what is to be started is an argument list, the same each time, and the request is not touched',
    run({ adapter }) {
      for (const mode of adapter.traits.modes) {
        const request = Object.freeze({ mode, cwd: '/somewhere', permission: 'edit' } as const)
        const launch = adapter.launch(request)
        assert.deepEqual(adapter.launch(request), launch)
        assert.ok(launch.commands.length > 0)
        const texts = [...launch.commands, ...launch.args, ...launch.passEnv, ...Object.values(launch.env)]
        for (const text of texts) assert.equal(typeof text, 'string')
      }
      return Promise.resolve()
    },
  },
  {
    title: 'it has at least one mode, and refuses the other',
    run({ adapter }) {
      assert.ok(adapter.traits.modes.length > 0)
      for (const mode of modes.filter((each) => !adapter.traits.modes.includes(each)))
        assert.throws(() => adapter.launch({ mode, cwd: '/', permission: 'edit' }), { code: 'WS_TOOL_MODE' })
      return Promise.resolve()
    },
  },
  {
    title: 'a prompt is answered, in each mode',
    run: (place) =>
      inModes(place, modes, async ({ connection, cwd }) => {
        isAnswered(await (await open(connection, cwd)).prompt('Hello.\nTwo "lines".'), place.answer)
      }),
  },
  {
    title: 'a process that stays answers one prompt after the other',
    run: (place) =>
      inModes(place, ['long-running'], async ({ connection, cwd }) => {
        const session = await open(connection, cwd)
        for (let turn = 0; turn < 3; turn += 1)
          isAnswered(await session.prompt(`Hello, turn ${turn}.`), place.answer)
      }),
  },
  {
    title: 'a session has one turn at a time: another prompt is refused at once, and the first is answered',
    run: (place) =>
      inModes(place, modes, async ({ connection, cwd }) => {
        const session = await open(connection, cwd)
        const first = session.prompt('Hello, one.')
        assert.throws(() => session.prompt('Hello, two.'), { code: 'WS_TOOL_BUSY' })
        isAnswered(await first, place.answer)
      }),
  },
  {
    title: 'a session that can be made as if new takes prompts afterwards',
    run: (place) =>
      inModes(place, ['long-running'], async ({ connection, cwd }) => {
        const session = await open(connection, cwd)
        isAnswered(await session.prompt('Hello, one.'), place.answer)
        const isReset = await session.reset()
        if (place.adapter.traits.resets) assert.equal(isReset, true)
        if (isReset) isAnswered(await session.prompt('Hello, two.'), place.answer)
      }),
  },
  {
    title: 'asking nobody to stop, and closing twice, is nothing',
    run: (place) =>
      inModes(place, modes, async ({ connection, cwd }) => {
        const session = await open(connection, cwd)
        isAnswered(await session.prompt('Hello, one.'), place.answer)
        session.interrupt()
        await session.close()
        await session.close()
        connection.close()
        connection.close()
      }),
  },
  {
    title: 'a process that is killed leaves nothing open and answers nothing',
    run: (place) =>
      inModes(place, modes, async ({ connection, cwd, kill }) => {
        kill()
        await isUnanswered(connection, cwd)
      }),
  },
  {
    title: 'a process that says nothing sensible and goes is no answer, whatever its exit code',
    async run({ adapter }) {
      for (const mode of adapter.traits.modes) {
        for (const exit of exits.slice(1)) {
          const request = { mode, cwd: '/', permission: 'edit' } as const
          await isUnanswered(adapter.connect(gone(noise, exit), request), '/')
        }
      }
    },
  },
  {
    title: 'a process that goes without a word ends its turn exactly once',
    async run({ adapter }) {
      for (const mode of adapter.traits.modes) {
        for (const exit of exits) {
          const connection = adapter.connect(gone([], exit), { mode, cwd: '/', permission: 'edit' })
          await connection.ready
          const answer = await connection.openSession({ cwd: '/' })
          if (answer.isOpen) await answer.session.prompt('Is anybody there?')
          connection.close()
        }
      }
    },
  },
]
