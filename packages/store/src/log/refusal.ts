import { Fault } from './fault.ts'

/** What was asked for is refused for a reason that says nothing against the log: it goes on. */
export function isRefusal(fault: Fault): boolean {
  return fault.code.startsWith('WS_JOURNAL_') || fault.code === 'WS_STORE_ARCHIVE'
}

/** A newer leader has written. */
export function fenced(epoch: number, current: number): Fault {
  return new Fault(
    'WS_JOURNAL_FENCED',
    `epoch ${epoch} may not write: epoch ${current} leads now`,
    { epoch, current },
    'another process took over this repository; read the log again',
  )
}

/** The step was decided on a state that is no longer the stream's. */
export function stale(stream: string, expectedVersion: number, version: number): Fault {
  return new Fault(
    'WS_JOURNAL_STALE',
    `stream "${stream}" is at version ${version}, the step was decided on ${expectedVersion}`,
    { stream, version, expectedVersion },
  )
}

/** What a read was still to give was archived meanwhile. */
export function archived(path: string): Fault {
  return new Fault(
    'WS_STORE_ARCHIVED',
    `${path} was archived while it was read`,
    { path },
    'read again from a snapshot on',
  )
}
