export interface Mutant {
  /** The patch, from the root. */
  readonly file: string
  /** The test file that has to notice it, from the root. */
  readonly test: string
  /** A pattern for the titles of the tests, as `vitest -t` takes it; empty for all of the file. */
  readonly name: string
  readonly why: string
  /** The projects whose sources it changes: `packages/core`. */
  readonly projects: readonly string[]
}

/** Reads the head of a patch, or says what is wrong with it. */
export function parseMutant(file: string, patch: string): Mutant | string {
  const field = (name: string) => new RegExp(`^# ${name}: *(.+)$`, 'm').exec(patch)?.[1]?.trim()
  const test = field('test')
  const why = field('why')
  const changed = [...patch.matchAll(/^\+\+\+ b\/(\S+)/gm)].map(([, path = '']) => path)
  if (test === undefined) return `${file}: no line "# test: packages/x/test/y.test.ts"`
  if (why === undefined) return `${file}: no line "# why: …"`
  if (changed.length === 0) return `${file}: changes nothing`
  const strange = changed.filter((path) => !/^packages\/[^/]+\/src\//.test(path))
  if (strange.length > 0) return `${file}: changes ${strange.join(', ')}, which is no source of a package`
  const projects = [...new Set(changed.map((path) => path.split('/').slice(0, 2).join('/')))]
  return { file, test, name: field('name') ?? '', why, projects }
}
