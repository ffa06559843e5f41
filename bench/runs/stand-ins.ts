import type { Landing, Settlement, Workspaces } from '@ws/core'

/** Everything lands at once. */
export const landsAtOnce: Landing = {
  land: ({ commit }) => Promise.resolve({ kind: 'landed', commit }),
  change: () => {},
  close: () => Promise.resolve(),
}

const nothing: Settlement = {
  kind: 'settled',
  files: [],
  linesAdded: 0,
  linesRemoved: 0,
  setAside: [],
  warnings: [],
}

/** One directory for all, in which nobody looks afterwards. */
export const noWorkspaces: Workspaces = {
  open: () =>
    Promise.resolve({
      isOpen: true,
      workspace: { path: '.', env: {}, settle: () => Promise.resolve(nothing) },
    }),
  lookUp: () => Promise.resolve(undefined),
  release: () => Promise.resolve(),
  close: () => Promise.resolve(),
}
