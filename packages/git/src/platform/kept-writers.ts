// A git that is kept open and writes has lock files only in the middle of a transaction, and that goes on only
// while whoever keeps it holds the repository lock. So it can be told whether one may have made a lock file.

/** Names, in the environment of such a git, the process that keeps it. */
export const keeperVariable = 'WS_KEPT_BY'

/** Those of this process that are in the middle of a transaction. */
export const keptWritersAtWork = new Set<object>()
