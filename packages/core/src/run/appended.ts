/** Shared by all lists of a state that hold nothing, which most do. Nobody pushes: `appended` makes a list of its own. */
export const noItems: never[] = []

/** The list with one more item. Most lists of a state hold one at most, and a first `push` makes room for seventeen. */
export function appended<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}
