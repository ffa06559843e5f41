import { flagsToBeginWith } from './young-generation.ts'

/**
 * Puts this program, started with a small young generation, in the place of itself, where the command is one that lasts:
 * the same process, directory, files and environment, a start of Node later. Where that cannot be done it goes on as it is.
 */
export function beginSmall(): void {
  const { execve, execPath, execArgv, argv, env, permission, platform } = process
  // Windows has the function, which throws, as it does where processes are forbidden.
  if (execve === undefined || platform === 'win32' || permission !== undefined) return
  // A parent that listens would be left with a channel on which nobody answers.
  if (process.send !== undefined) return
  const flags = flagsToBeginWith({ args: argv.slice(2), execArgv, env })
  if (flags.length > 0) execve(execPath, [execPath, ...execArgv, ...flags, ...argv.slice(1)], env)
}
