import { createHash } from 'node:crypto'

/** Under which name the metadata of a run says in what environment it was begun. */
export const environmentName = 'environment'

/** Of these each shell has its own, and no check depends on them. */
const volatile =
  /^(_|SHLVL|PWD|OLDPWD|COLUMNS|LINES|WINDOWID|TERM.*|SSH_.*|XDG_SESSION_.*|NODE_COMPILE_CACHE|WS_.*)$/

/** The same for equal environments; it tells nothing of what they hold. */
export function environmentMark(env: Readonly<Record<string, string | undefined>>): string {
  const held = Object.entries(env)
    .filter(([name, value]) => value !== undefined && !volatile.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(held)).digest('hex').slice(0, 12)
}
