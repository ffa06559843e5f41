/** What the exit code of `ws` means. */
export const exitCodes = {
  /** Everything that was asked for is done. */
  completed: 0,
  /** Something of the work failed, was rejected or is in quarantine. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** A plan, the settings or the machine do not allow the run; nothing was started. */
  invalid: 3,
  /** Nothing can move without a person. */
  needsPerson: 4,
  /** The run is paused: its budget is spent, a person paused it, or no host offers what it requires. */
  paused: 5,
  /** The run was cancelled. */
  cancelled: 6,
  /** Another process leads the repository. */
  ledElsewhere: 7,
  /** A fault of this program. */
  fault: 70,
  /** Ended by Ctrl-C or SIGTERM; `ws resume` goes on. */
  interrupted: 130,
} as const

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
