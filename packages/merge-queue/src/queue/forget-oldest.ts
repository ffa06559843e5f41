/** Keeps a map small: what was put in first goes first. */
export function forgetOldest(map: Map<string, unknown>, kept: number): void {
  if (map.size <= kept) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
