import { WsError } from '@ws/core'
import type { ProgramEnd } from '../platform/run-program.ts'

/** What a failed call was, for the error that says so. */
export interface GitCall {
  readonly args: readonly string[]
  readonly cwd: string
  readonly gitDir: string | undefined
}

// What git says (LC_ALL=C), what we call it, and the next move. The first that matches wins.
const known: readonly (readonly [pattern: RegExp, code: string, fact: string, hint: string])[] = [
  [
    /detected dubious ownership/,
    'WS_GIT_OWNERSHIP',
    'the repository belongs to somebody else, and git refuses it',
    'if you trust it, run: git config --global --add safe.directory <the repository>',
  ],
  [
    /unknown repository extension|expected git repo version|unknown value for '?extensions/,
    'WS_GIT_FORMAT',
    'the repository uses a format that this git does not know',
    'update git, or convert the repository',
  ],
  [
    /not a git repository/,
    'WS_GIT_NOT_A_REPOSITORY',
    'this is no git repository',
    'run "git init", or name another directory',
  ],
  [
    /' exists; cannot create '/,
    'WS_GIT_BRANCH_BLOCKED',
    'a branch cannot be made below, or above, the name of another one',
    'choose another name for the branch, or rename the one in the way',
  ],
  [
    // Before what git says around it: "cannot lock ref", "index file open failed".
    /\.lock'?: File exists/,
    'WS_GIT_LOCK_FILE',
    'another git process holds a lock file, or left it behind',
    'wait for the git that holds it; if none is at work in this repository, delete it',
  ],
  [
    /Read-only file system|insufficient permission|(?:create|write|append|lock)[^\n]*Permission denied/,
    'WS_GIT_NOT_WRITABLE',
    'something may not be written',
    'look whom the files belong to, and whether the file system is mounted read-only',
  ],
  [
    /cannot lock ref|reference already exists|but expected|unable to resolve reference/,
    'WS_GIT_REF_MOVED',
    'a reference is not what was expected, or cannot be written',
    'read the reference again and decide anew',
  ],
  [
    /Unable to create '[^']*\.lock'|could not lock config file|unable to lock/,
    'WS_GIT_LOCK_FILE',
    'a lock file cannot be made',
    'look at its directory: it must be there and writable',
  ],
  [
    /No space left on device|Disk quota exceeded/,
    'WS_GIT_DISK_FULL',
    'the disk is full',
    'free some space and try again',
  ],
  [
    /invalid object|cannot read object|missing (?:blob|tree|commit|object)|unable to read (?:sha1 file|tree|object)|bad object|could not parse commit|unable to find/,
    'WS_GIT_OBJECT_MISSING',
    'an object is not there',
    'a partial or damaged clone: run "git fsck", or fetch without a filter',
  ],
]

/** The error for a call that ended with a code that was not expected. */
export function gitFailed(call: GitCall, end: ProgramEnd): WsError {
  const stderr = end.stderr.trim().slice(-2_000)
  const details = {
    args: call.args.map((arg) => (arg.length > 200 ? `${arg.slice(0, 200)}…` : arg)),
    cwd: call.cwd,
    ...(call.gitDir === undefined ? {} : { gitDir: call.gitDir }),
    ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    ...(end.signal === undefined ? {} : { signal: end.signal }),
    stderr,
  }
  const name = `git ${call.args[0] ?? ''}`
  if (end.cause === 'timed-out')
    return new WsError('WS_GIT_TIMEOUT', `${name} did not end in time and was stopped`, {
      details,
      hint: 'give it more time with `timeoutMs`, or look at what it waits for',
    })
  if (end.cause === 'too-much-output')
    return new WsError('WS_GIT_TOO_MUCH_OUTPUT', `${name} wrote more than the limit and was stopped`, {
      details,
      hint: 'raise `maxOutputBytes`',
    })
  if (end.cause === 'aborted')
    return new WsError('WS_GIT_ABORTED', `${name} was stopped by its signal`, { details })
  for (const [pattern, code, fact, hint] of known)
    if (pattern.test(stderr))
      return new WsError(code, `${name}: ${fact}: ${lastLine(stderr)}`, { details, hint })
  const how = end.signal === undefined ? `exit code ${end.exitCode}` : `signal ${end.signal}`
  return new WsError('WS_GIT_FAILED', `${name} ended with ${how}: ${lastLine(stderr) || 'it said nothing'}`, {
    details,
    hint: 'the details hold the arguments, the directory and what git said',
  })
}

/** The lock file that git met, by what it says; an empty or relative path is as seen from where it ran. */
export function lockFileIn(stderr: string): string | undefined {
  const named = /Unable to create '([^']*\.lock)': File exists/.exec(stderr)?.[1]
  if (named !== undefined) return named
  const config = /could not lock config file (.*): File exists/.exec(stderr)?.[1]
  return config === undefined ? undefined : `${config}.lock`
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('hint:'))
  return (lines.findLast((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? '').slice(0, 300)
}
