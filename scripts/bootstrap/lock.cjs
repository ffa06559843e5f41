// @ts-check
'use strict'

const fs = require('node:fs')
const path = require('node:path')

// An install takes a minute or two; whoever waits longer than this waits for something broken.
const WAIT_LIMIT_MS = 15 * 60_000
const POLL_MS = 100
// A lock is created and then filled: an empty one this old belongs to a process that died in between.
const EMPTY_LIMIT_MS = 5_000

/**
 * Runs `action` while this process alone holds `file`. A lock whose owner is dead is taken over.
 *
 * Taking over is a check and then an unlink, so two waiters could in theory both do it; then two installs run at once, which
 * costs time and harms nothing: packages are renamed into place and pnpm's store is safe against itself.
 * @template T
 * @param {string} file
 * @param {() => T} action
 * @param {{ onWait?: (owner: number) => void }} [options]
 * @returns {T}
 */
function withLock(file, action, options = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  acquire(file, options.onWait)
  try {
    return action()
  } finally {
    fs.rmSync(file, { force: true })
  }
}

/**
 * @param {string} file
 * @param {((owner: number) => void) | undefined} onWait
 */
function acquire(file, onWait) {
  const deadline = Date.now() + WAIT_LIMIT_MS
  let hasTold = false
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      // Windows answers EPERM while another process is deleting the file.
      const { code } = /** @type {NodeJS.ErrnoException} */ (error)
      if (code !== 'EEXIST' && !(code === 'EPERM' && process.platform === 'win32')) throw error
    }
    const owner = readOwner(file)
    if (owner === 'dead') {
      fs.rmSync(file, { force: true })
      continue
    }
    if (Date.now() > deadline)
      throw new Error(`waited 15 minutes for ${file}; if nothing is installing, delete it`)
    if (!hasTold && typeof owner === 'number') onWait?.(owner)
    hasTold ||= typeof owner === 'number'
    sleep(POLL_MS)
  }
}

/**
 * @param {string} file
 * @returns {number | 'unknown' | 'dead'}
 */
function readOwner(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'))
    if (Number.isInteger(pid) && pid > 0) return isAlive(pid) ? pid : 'dead'
    return Date.now() - fs.statSync(file).mtimeMs > EMPTY_LIMIT_MS ? 'dead' : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** @param {number} durationMs */
function sleep(durationMs) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}

module.exports = { withLock }
