import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { join } from 'node:path'
import { forceDirectory } from './anchor-file.ts'
import { archiveFolder } from './archive-file.ts'

/** Copies the parts that lie beside a log beside its copy, without which that could be read from the last move on only. */
export function copyArchive(from: string, to: string): void {
  const [source, target] = [archiveFolder(from), archiveFolder(to)]
  if (!existsSync(source)) return
  mkdirSync(target, { recursive: true })
  // A part never changes, and its name says what is in it: one that is there is this one.
  const missing = readdirSync(source).filter((name) => isPart(name) && !existsSync(join(target, name)))
  for (const name of missing) {
    const copy = join(target, `${name}-copying`)
    copyFileSync(join(source, name), copy)
    force(copy)
    renameSync(copy, join(target, name))
  }
  forceDirectory(target)
}

const isPart = (name: string): boolean => /^[\da-f]+\.db(-anchor)?$/.test(name)

function force(path: string): void {
  const fd = openSync(path, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
