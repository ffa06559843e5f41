// Ways in which the bytes of a text can arrive.

/** Every byte by itself: also in the middle of a character. */
export function bytewise(text: string): readonly Uint8Array[] {
  return Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte))
}

/** Cut at these places, each between 0 and 1. */
export function cutAt(places: readonly number[]): (text: string) => readonly Uint8Array[] {
  return (text) => {
    const bytes = new TextEncoder().encode(text)
    const cuts = places.map((place) => Math.floor(place * bytes.length)).toSorted((a, b) => a - b)
    return [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index] ?? bytes.length))
  }
}
