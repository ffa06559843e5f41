import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Published, RunEvent } from '@ws/core'
import { expect, test } from 'vitest'
import { LeaderDoor } from '../../src/hosts/leader-door.ts'
import { wireVersion } from '../../src/hosts/wire.ts'
import { socketPlace } from '../../src/platform/local-socket.ts'
import { ownIdentity } from '../../src/platform/process-identity.ts'

interface Scene {
  readonly publish: (seq: number, bytes: number) => void
  /** The connection of a guest that has read its welcome and reads nothing more. */
  readonly connection: Socket
}

async function withSlowGuest(maxWaiting: number, tell: (scene: Scene) => Promise<void>): Promise<void> {
  const place = { socket: socketPlace(), key: 'k', machineVersion: 1, maxWaiting }
  const door = await LeaderDoor.open(place)
  let listener: (published: Published<RunEvent>) => void = () => {}
  door.serve({
    epoch: 1,
    idle: () => Promise.resolve(),
    stand: () => ({ seq: 0, state: null }),
    listen: (given) => {
      listener = given
      return () => {}
    },
    handle: () => Promise.resolve({ answer: { ok: true } }),
    report: () => {},
    checked: () => {},
    disconnected: () => {},
  })
  const connection = connect(place.socket).setEncoding('utf8')
  try {
    const hello = { type: 'hello', wire: wireVersion, machine: 1, key: 'k', process: await ownIdentity() }
    connection.write(`${JSON.stringify(hello)}\n`)
    await once(connection, 'data')
    connection.pause()
    const publish = (seq: number, bytes: number) =>
      listener({ seq, at: 0, event: { type: 'tool.recovered', tool: 'x'.repeat(bytes) } })
    await tell({ publish, connection })
  } finally {
    connection.destroy()
    await door.close()
  }
}

const turn = () => new Promise(setImmediate)

test('what a guest does not read yet is held back, and told in order and in one piece when it reads', () =>
  withSlowGuest(1_000, async ({ publish, connection }) => {
    const count = 300
    for (let seq = 1; seq <= count; seq++) {
      publish(seq, 20_000)
      await turn()
    }
    let said = ''
    connection.on('data', (text) => (said += String(text)))
    connection.resume()
    const lines = () => said.split('\n').slice(0, -1)
    const seqs = () =>
      lines().flatMap((line) => JSON.parse(line).events.map((each: { readonly seq: number }) => each.seq))
    while (said.length < count * 20_000 || !said.endsWith('\n')) await once(connection, 'data')
    expect(seqs()).toEqual(Array.from({ length: count }, (_, at) => at + 1))
    // Some went out at once, and the many that had to wait came together.
    expect(lines().length).toBeLessThan(count / 2)
  }))

test('a guest that reads nothing for too long has to begin anew, and costs no more memory than that', () =>
  withSlowGuest(500, async ({ publish, connection }) => {
    const closed = once(connection, 'close')
    let seq = 0
    for (; seq < 200; seq++) {
      publish(seq, 20_000)
      await turn()
    }
    for (; seq < 1_000; seq++) publish(seq, 10)
    connection.resume()
    await closed
    expect(connection.destroyed).toBe(true)
  }))
