import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** Where programs are looked for. */
export interface FindProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Paths with a separator are relative to it. */
  readonly cwd: string
}

/** Whether a program could be started: a path, or a name in the absolute entries of `PATH`. */
export function isProgramThere(command: string, { env, cwd }: FindProgramOptions): boolean {
  const isPath = command.includes('/') || command.includes('\\')
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute)
  const places = isPath ? [resolve(cwd, command)] : folders.map((folder) => join(folder, command))
  const endings = process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : ['']
  return places.some((place) => endings.some((ending) => isProgram(place + ending)))
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
