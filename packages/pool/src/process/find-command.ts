// Which file is started for the programs that a launch names, without a shell on any platform.
import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { WsError } from '@ws/core'
import { scriptOfShim } from './windows-shim.ts'

/** A program as it is started. */
export interface FoundCommand {
  readonly file: string
  /** Come before the launch's own arguments, where the file is an interpreter. */
  readonly args: readonly string[]
}

/** The facts about files that the search needs. */
export interface FileFacts {
  isProgram(file: string): boolean
  read(file: string): string | undefined
  realPath(file: string): string
}

/** Where programs are looked for. */
export interface FindOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Paths with a separator are relative to it. */
  readonly cwd: string
  /** Paths relative to the real file of what was found, of which the first that exists is started instead. */
  readonly natives?: readonly string[]
  readonly platform?: NodeJS.Platform
  readonly files?: FileFacts
}

/**
 * The first of these programs that exists: a path, or a name that is looked up in the absolute entries of `PATH`
 * (with `.` among them, a file of that name in a worktree would be started).
 * @throws `WS_TOOL_MISSING` naming all that were tried.
 */
export function findCommand(commands: readonly string[], options: FindOptions): FoundCommand {
  const { platform = process.platform, files = ownFiles, env, cwd, natives = [] } = options
  const isWindows = platform === 'win32'
  const paths = isWindows ? win32 : posix
  const folders = (valueOf(env, 'PATH', isWindows) ?? '').split(paths.delimiter).filter(paths.isAbsolute)
  const endings = isWindows
    ? (valueOf(env, 'PATHEXT', true) ?? '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';')
    : ['']

  for (const command of commands) {
    const isPath = command.includes('/') || (isWindows && command.includes('\\'))
    const places = isPath
      ? [paths.resolve(cwd, command)]
      : folders.map((folder) => paths.join(folder, command))
    for (const place of places) {
      const known = isWindows && endings.includes(paths.extname(place).toLowerCase())
      const file = (known ? [''] : endings).map((ending) => place + ending).find(files.isProgram)
      if (file !== undefined) return resolved(file)
    }
  }
  throw new WsError(
    'WS_TOOL_MISSING',
    `no program ${commands.map((name) => `"${name}"`).join(' or ')} was found`,
    {
      details: { commands: [...commands], folders },
      hint: 'install it, or put the folder it is in on PATH',
    },
  )

  function resolved(file: string): FoundCommand {
    const folder = paths.dirname(files.realPath(file))
    const native = natives.map((path) => paths.join(folder, path)).find(files.isProgram)
    if (native !== undefined) return { file: native, args: [] }
    if (!isWindows || !/\.(cmd|bat)$/i.test(file)) return { file, args: [] }
    return behindShim(file, paths.dirname(file))
  }

  /** Node starts no `.cmd` without a shell, and a shell would read the prompt. */
  function behindShim(file: string, folder: string): FoundCommand {
    const target = scriptOfShim(files.read(file) ?? '')
    if (target === undefined)
      throw new WsError('WS_TOOL_SHIM', `"${file}" is a batch file that only a shell can run`, {
        details: { file },
        hint: 'name the program that it starts, as a path to an .exe or to a script',
      })
    const script = paths.join(folder, target)
    if (/\.exe$/i.test(script)) return { file: script, args: [] }
    const node = paths.join(folder, 'node.exe')
    return { file: files.isProgram(node) ? node : process.execPath, args: [script] }
  }
}

/** The files of this machine. */
const ownFiles: FileFacts = {
  isProgram(file) {
    try {
      accessSync(file, constants.X_OK)
      return statSync(file).isFile()
    } catch {
      return false
    }
  },
  read(file) {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return undefined
    }
  },
  realPath(file) {
    try {
      return realpathSync(file)
    } catch {
      return file
    }
  },
}

function valueOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  ignoresCase: boolean,
): string | undefined {
  if (!ignoresCase || env[name] !== undefined) return env[name]
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1]
}
