/** Long enough to be told apart, short enough for a branch, a folder and a line of `ws status`. */
const longest = 40

/** Words that tell nothing apart. */
const filler = new Set(['a', 'an', 'and', 'for', 'in', 'it', 'of', 'on', 'please', 'the', 'to', 'with'])

/** A name for the workstream of a prompt: its first words, and a number where that name is taken. */
export function slugOf(prompt: string, taken: ReadonlySet<string> = new Set()): string {
  const words = prompt
    .normalize('NFKD')
    .replaceAll(/['’`]|\p{Mark}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !filler.has(word))
  let name = ''
  for (const word of words) {
    const longer = name === '' ? word.slice(0, longest) : `${name}-${word}`
    if (longer.length > longest) break
    name = longer
  }
  if (name === '') name = 'prompt'
  let slug = name
  for (let number = 2; taken.has(slug); number++) slug = `${name}-${number}`
  return slug
}
