import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** What the gate leaves about at one time is a tenth of this. */
const ENOUGH_BYTES = 4 * 2 ** 30

/**
 * Puts temporary files of this process and its children into memory, where the machine has room for that: most of them
 * are repositories and logs whose every change is forced to the disk. They go away with this process.
 */
export function keepTemporaryFilesInMemory(memory = '/dev/shm', enoughBytes = ENOUGH_BYTES): void {
  // Somebody has chosen a place.
  if (process.env.TMPDIR !== undefined) return
  const folder = makeFolder(memory, enoughBytes)
  if (folder === undefined) return
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function makeFolder(memory: string, enoughBytes: number): string | undefined {
  let folder: string | undefined
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (Math.min(bavail * bsize, freemem()) < enoughBytes) return undefined
    // Short: paths of sockets have room for some hundred bytes.
    folder = mkdtempSync(join(memory, 'ws-'))
    // In some containers nothing can be started from there.
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o755)
    execFileSync(program)
    return folder
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    return undefined
  }
}
