import fc from 'fast-check'

/** Needs by position, of up to nine tasks, in any direction: loops and cycles too. */
export const anyNeeds: fc.Arbitrary<number[][]> = fc.integer({ min: 0, max: 9 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.nat(Math.max(size - 1, 0)), { maxLength: 3 }), {
    minLength: size,
    maxLength: size,
  }),
)

/** Needs by position without a cycle, in an order that is usually not topological. */
export function acyclicNeeds(maxSize = 9): fc.Arbitrary<number[][]> {
  return fc
    .integer({ min: 0, max: maxSize })
    .chain((size) =>
      fc.record({
        earlier: fc.tuple(...Array.from({ length: size }, (_, at) => fc.subarray([...Array(at).keys()]))),
        places: fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
      }),
    )
    .map(({ earlier, places }) => {
      const needs: number[][] = earlier.map(() => [])
      for (const [at, list] of earlier.entries()) needs[places[at]!] = list.map((other) => places[other]!)
      return needs
    })
}

/** Tasks named for their positions: `t0` needs what `needs[0]` says. */
export function tasksOf(needs: readonly (readonly number[])[]): { id: string; needs: string[] }[] {
  return needs.map((list, node) => ({ id: `t${node}`, needs: list.map((need) => `t${need}`) }))
}
