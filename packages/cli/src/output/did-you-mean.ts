import { nearestName } from '@ws/core'

/** What to do about a name that nobody knows: the nearest one, or else what there is. */
export function didYouMean(
  name: string,
  names: readonly string[],
  otherwise = `there are ${names.join(', ')}`,
): string {
  const nearest = nearestName(name, names)
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`
}
