import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { LeaderDoor, type Led } from '../../src/hosts/leader-door.ts'
import { wireVersion } from '../../src/hosts/wire.ts'
import { ownIdentity } from '../../src/platform/process-identity.ts'
import { socketPlace } from '../../src/platform/local-socket.ts'

const key = 'the key'
const hello = { type: 'hello', wire: wireVersion, machine: 3, key }

/** Somebody leads behind the door. */
const led: Led = {
  epoch: 1,
  idle: () => Promise.resolve(),
  stand: () => ({ seq: 0, state: 'everything' }),
  listen: () => () => {},
  handle: () => Promise.resolve({ answer: { ok: true } }),
  report: () => {},
  checked: () => {},
  disconnected: () => {},
}

/** What a door says to somebody who begins with this, until it hangs up or has said a line. */
async function saysTo(first: string): Promise<readonly unknown[]> {
  const socket = socketPlace()
  const door = await LeaderDoor.open({ socket, key, machineVersion: 3 })
  door.serve(led)
  try {
    const connection = connect(socket).setEncoding('utf8')
    let said = ''
    const hangUp = (text: string) => {
      said += text
      if (said.endsWith('\n')) connection.destroy()
    }
    connection.on('data', hangUp).on('error', () => {})
    connection.write(`${first}\n`)
    await new Promise((resolve) => connection.once('close', resolve))
    return said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  } finally {
    await door.close()
  }
}

const greet = async (more: object) =>
  saysTo(JSON.stringify({ ...hello, process: await ownIdentity(), ...more }))

test('who knows the key and speaks the same version is handed the state', async () => {
  expect(await greet({})).toEqual([{ type: 'welcome', epoch: 1, seq: 0, state: 'everything' }])
})

test('who does not know the key is refused', async () => {
  expect(await greet({ key: 'another key' })).toEqual([
    { type: 'refused', message: 'it does not know the key', hint: 'ask the repository who leads' },
  ])
})

test('another version is refused, and both are named', async () => {
  expect(await greet({ wire: wireVersion + 1 })).toEqual([
    {
      type: 'refused',
      message: `process ${process.pid} leads with another version of ws: it speaks ${wireVersion}.3, this one ${wireVersion + 1}.3`,
      hint: 'wait until it has ended, or use the same version',
    },
  ])
  expect(await greet({ machine: 2 })).toMatchObject([
    { message: expect.stringContaining(`${wireVersion}.2`) },
  ])
})

test('what is no greeting gets no answer', async () => {
  expect(await saysTo('GET / HTTP/1.1')).toEqual([])
  expect(await saysTo('{"type":"command","id":1}')).toEqual([])
  expect(await saysTo('x'.repeat(100_000))).toEqual([])
})
