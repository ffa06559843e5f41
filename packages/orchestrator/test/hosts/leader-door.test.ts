import { connect } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { LeaderDoor } from '../../src/hosts/leader-door.ts'
import { wireVersion } from '../../src/hosts/wire.ts'
import { ownIdentity } from '../../src/platform/process-identity.ts'
import { socketPlace } from '../../src/platform/local-socket.ts'

const key = 'the key'
const hello = { type: 'hello', wire: wireVersion, machine: 3, key }

/** What a door says to somebody who begins with this, until it hangs up; nobody leads behind it. */
async function saysTo(first: string): Promise<readonly unknown[]> {
  const socket = socketPlace()
  const door = await LeaderDoor.open({ socket, key, machineVersion: 3 })
  try {
    const connection = connect(socket).setEncoding('utf8')
    let said = ''
    connection.on('data', (text: string) => (said += text)).on('error', () => {})
    connection.write(`${first}\n`)
    await once(connection, 'close')
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

test('who does not know the key is refused', async () => {
  expect(await greet({ key: 'another key' })).toEqual([
    { type: 'refused', message: 'it does not know the key', hint: 'ask the repository who leads' },
  ])
})

test('another version is refused, and both are named', async () => {
  expect(await greet({ wire: wireVersion + 1 })).toEqual([
    {
      type: 'refused',
      message: `process ${process.pid} leads with another version of ws: it speaks 1.3, this one 2.3`,
      hint: 'wait until it has ended, or use the same version',
    },
  ])
  expect(await greet({ machine: 2 })).toMatchObject([{ message: expect.stringContaining('1.2') }])
})

test('what is no greeting gets no answer', async () => {
  expect(await saysTo('GET / HTTP/1.1')).toEqual([])
  expect(await saysTo('{"type":"command","id":1}')).toEqual([])
  expect(await saysTo('x'.repeat(100_000))).toEqual([])
})
