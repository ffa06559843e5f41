import { parentPort, workerData } from 'node:worker_threads'
import { storageFault } from './log/fault.ts'
import { LogFile } from './log/log-file.ts'
import { restoreLog } from './log/restore-log.ts'
import { loadSqlite } from './log/sqlite.ts'
import {
  type Answer,
  type Request,
  type RestoredLog,
  serve,
  toVerified,
  type WorkerOptions,
} from './worker-protocol.ts'

// SQLite blocks while the disk writes; here that holds up nobody but the journal itself.

const port = parentPort
const options: WorkerOptions = workerData
const { path } = options
if (port === null) throw new Error('runs in a worker thread only')

try {
  const sqlite = await loadSqlite()
  if (options.task === 'restore') {
    const { head, replaced } = restoreLog(sqlite, { from: options.from, to: path })
    const value: RestoredLog = { ...toVerified(head), replaced }
    port.postMessage({ id: 0, ok: true, value } satisfies Answer)
  } else {
    const log = new LogFile(sqlite, path, options.busyTimeoutMs)
    port.on('message', (request: Request) => {
      port.postMessage(answer(log, request))
      if (request.op === 'close') port.close()
    })
    port.postMessage({ id: 0, ok: true, value: undefined } satisfies Answer)
  }
} catch (error) {
  port.postMessage(refusal(0, error))
}

function answer(log: LogFile, request: Request): Answer {
  try {
    return { id: request.id, ok: true, value: serve(log, request) }
  } catch (error) {
    return refusal(request.id, error)
  }
}

function refusal(id: number, error: unknown): Answer {
  const { code, message, details, hint } = storageFault(error, path, 'working')
  return { id, ok: false, fault: { code, message, details, ...(hint === undefined ? {} : { hint }) } }
}
