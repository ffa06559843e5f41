// What tools are looked at for, and what they do unless they are known for something else; in the order of the tables
// in docs/clis.md.

export const MODES = ['pooled', 'one-shot'] as const
export type Mode = (typeof MODES)[number]

/** What is expected of each tool, by mode. */
export const USUAL = {
  'an edit lands in the worktree': { pooled: 'yes', 'one-shot': 'yes' },
  'tokens that are told': { pooled: 'all', 'one-shot': 'all' },
  'USD that are told': { pooled: 'exact', 'one-shot': 'exact' },
  'the next turn of a session': {
    pooled: 'knows the first, counts itself',
    'one-shot': 'knows the first, counts itself',
  },
  'an edit that is asked for and denied': { pooled: 'refused', 'one-shot': 'nobody to ask' },
  'an edit that is asked for and allowed': { pooled: 'written', 'one-shot': 'nobody to ask' },
  'an edit outside of the worktree': { pooled: 'refused', 'one-shot': 'refused' },
  'an edit by who may only read': { pooled: 'not written', 'one-shot': 'not written' },
  'the model refuses (400)': { pooled: 'refused', 'one-shot': 'refused' },
  'a wrong key (401)': { pooled: 'auth', 'one-shot': 'auth' },
  'a spent quota (429)': { pooled: 'quota-exhausted', 'one-shot': 'quota-exhausted' },
  'when the quota is there again': { pooled: 'told', 'one-shot': 'told' },
  'an overloaded model (503, once)': { pooled: 'asked again', 'one-shot': 'asked again' },
  'a turn is interrupted': { pooled: 'the process goes on', 'one-shot': 'with its process' },
  'kill −9 in a turn of a session': { pooled: 'crashed, taken up', 'one-shot': 'crashed, taken up' },
  'a session that it has lost': { pooled: 'told, begins anew', 'one-shot': 'told, begins anew' },
  'three at once, three worktrees': { pooled: 'yes', 'one-shot': 'yes' },
  'left after close()': { pooled: 'nothing', 'one-shot': 'nothing' },
  'left after kill −9 of us, and a sweep': { pooled: 'nothing', 'one-shot': 'nothing' },
} as const satisfies Readonly<Record<string, Readonly<Record<Mode, string>>>>

export type Fact = keyof typeof USUAL
