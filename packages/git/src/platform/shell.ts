/** How a line that a user wrote for a shell is run: the one place where there is a shell. */
export function shellArguments(line: string): readonly [program: string, args: readonly string[]] {
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', line]] : ['/bin/sh', ['-c', line]]
}
