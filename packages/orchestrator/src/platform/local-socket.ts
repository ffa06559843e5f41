import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { chance } from './surroundings.ts'

/** Some systems take 104 bytes for the path of a socket, with the zero at its end. */
const longestPath = 100

/** A place for a socket that nobody has yet: in a folder that only this user may enter, or a named pipe. */
export function socketPlace(): string {
  const name = `ws-${Buffer.from(chance(8)).toString('hex')}`
  if (process.platform === 'win32') return String.raw`\\.\pipe\${name}`
  const folders = [process.env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp']
    .filter((folder) => folder?.startsWith('/') === true)
    .map((folder) => join(folder ?? '', `ws-${process.getuid?.() ?? 0}`))
  const folder = folders.find((each) => Buffer.byteLength(join(each, `${name}.sock`)) <= longestPath)
  if (folder === undefined) throw unusable(folders[0] ?? '', 'its path is too long')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0)
    throw unusable(folder, 'others may enter it, or it is not ours')
  return join(folder, `${name}.sock`)
}

function unusable(folder: string, because: string): WsError {
  return new WsError('WS_SOCKET_FOLDER', `the folder ${folder} cannot hold a socket: ${because}`, {
    details: { folder },
    hint: 'remove it, or set TMPDIR to a short path of your own',
  })
}

/** A socket on which other processes of this user are heard. */
export interface ListeningSocket {
  /** Nobody new is let in; those who are in stay. */
  stop(): void
  close(): Promise<void>
}

/** Listens at a place from `socketPlace`. */
export async function listenAt(
  place: string,
  onConnection: (socket: Socket) => void,
): Promise<ListeningSocket> {
  const server: Server = createServer(onConnection)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, resolve)
  })
  if (process.platform !== 'win32') chmodSync(place, 0o600)
  let isListening = true
  const ended = new Promise<void>((resolve) => server.once('close', resolve))
  const stop = () => {
    if (!isListening) return
    isListening = false
    server.close()
    if (process.platform !== 'win32') rmSync(place, { force: true })
  }
  return {
    stop,
    close: async () => {
      stop()
      await ended
    },
  }
}

/** Connects, or tells that nobody is there. */
export function connectTo(place: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(place)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}
