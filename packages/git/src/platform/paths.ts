// The few facts about paths that differ between platforms and that node:path does not know.
import { realpath } from 'node:fs/promises'
import { delimiter, isAbsolute, join, relative, sep } from 'node:path'
import { accessSync, constants } from 'node:fs'

/** Where git is told to look for what it must not find: hooks, attributes, a global configuration. */
export const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null'

/**
 * The absolute path of a program, from the absolute entries of `PATH` only: with `.` among them, a file named
 * `git` in a worktree would be run.
 */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe'] : ['']
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue
    for (const ending of endings) {
      const file = join(folder, name + ending)
      if (isExecutable(file)) return file
    }
  }
  return undefined
}

/** Whether `path` is `folder` or lies below it. Both are resolved paths. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** The path with every symbolic link followed, as git prints it: forward slashes, also on Windows. */
export async function canonicalPath(path: string): Promise<string> {
  return toGitPath(await realpath(path))
}

/** The path as git writes it. */
export function toGitPath(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
