// docs/clis.md: what each CLI was seen to do when it was last run. A run writes the parts of the CLIs that it ran.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODES, USUAL, type Mode } from '../../e2e/clis/usual.ts'

/** One cell, as the tests noted it. */
export interface ObservedFact {
  readonly tool: string
  readonly mode: Mode
  readonly fact: string
  readonly seen: string
  /** Where the CLI does something else than most. */
  readonly because?: string
}

/** A CLI that was run. */
export interface RunCli {
  readonly name: string
  readonly version: string
  readonly date: string
  readonly facts: readonly ObservedFact[]
}

/** Writes the parts of the CLIs that were run; `order` is that of the page. */
export function writeClisPage(root: string, clis: readonly RunCli[], order: readonly string[]): void {
  const file = join(root, 'docs/clis.md')
  writeFileSync(file, mergePage(readFileSync(file, 'utf8'), clis, order))
}

/** The page with these parts in place of what it says of the same CLIs. */
export function mergePage(page: string, clis: readonly RunCli[], order: readonly string[]): string {
  const [head = '', ...old] = page.split(/^(?=## )/m)
  const parts = new Map(old.map((part) => [/^## (\S+)/.exec(part)?.[1] ?? '', part.trim()]))
  for (const cli of clis) parts.set(cli.name, partOf(cli))
  const known = order.flatMap((name) => parts.get(name) ?? [])
  return `${[head.trim(), ...known].join('\n\n')}\n`
}

function partOf({ name, version, date, facts }: RunCli): string {
  // Numbered in the order in which they are met.
  const reasons: string[] = []
  const cell = (fact: string, mode: Mode) => {
    const found = facts.find((each) => each.fact === fact && each.mode === mode)
    if (found?.because === undefined) return found?.seen ?? '–'
    if (!reasons.includes(found.because)) reasons.push(found.because)
    return `${found.seen} [${reasons.indexOf(found.because) + 1}]`
  }
  const isSeen = (fact: string) => facts.some((each) => each.fact === fact)
  const known = Object.keys(USUAL)
  const rows = known.filter(isSeen).map((fact) => [fact, ...MODES.map((mode) => cell(fact, mode))])
  const table = [['', ...MODES], ['', ...MODES].map(() => '---'), ...rows]
  const lines = table.map((cells) => `| ${cells.join(' | ')} |`)
  const notes = reasons.map((because, at) => `[${at + 1}] ${because}`)
  const unseen = known.filter((fact) => !isSeen(fact))
  const missing = unseen.length === 0 ? [] : [`Not looked at in that run: ${unseen.join('; ')}.`]
  const head = `## ${name} ${version}\n\nSeen on ${date}.\n\n<!-- prettier-ignore -->`
  return [`${head}\n${lines.join('\n')}`, ...notes, ...missing].join('\n\n')
}
