import { isMainThread, parentPort } from 'node:worker_threads'

// Loaded before everything else into each thread of a process (`--import`): the thread of the journal ends itself
// when it is about to answer its n-th question, as a thread does that a native fault or its memory limit ends.

const port = parentPort
if (!isMainThread && port !== null) {
  const answer = port.postMessage.bind(port)
  let left = Number(process.env['WS_DIE_AT'])
  port.postMessage = (value) => {
    left -= 1
    if (left < 0) process.exit(7)
    answer(value)
  }
}
