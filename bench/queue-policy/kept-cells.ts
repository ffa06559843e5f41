import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CellFigures } from './measure-cell.ts'

/** What a cell's figures depend on. */
const sources = [
  'bench/queue-policy',
  ...['estimate', 'policy', 'queue', 'simulate'].map((folder) => `packages/merge-queue/src/${folder}`),
  'packages/core/src/machine',
]

/** Figures of cells that an earlier part of the bench has measured, from the same sources and with the same options. */
interface KeptCells {
  readonly found: readonly CellFigures[]
  keep(figures: CellFigures): void
}

/** Reads what a file holds of this very bench, and adds to it; without a file nothing is kept. */
export function keepCells(file: string | undefined, options: object): KeptCells {
  if (file === undefined) return { found: [], keep: () => {} }
  const of = fingerprint(options)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  const found = lines
    .map((line): { of: string; figures: CellFigures } => JSON.parse(line))
    .flatMap((kept) => (kept.of === of ? [kept.figures] : []))
  return { found, keep: (figures) => appendFileSync(file, `${JSON.stringify({ of, figures })}\n`) }
}

function fingerprint(options: object): string {
  const root = join(import.meta.dirname, '../..')
  const hash = createHash('sha256').update(JSON.stringify(options))
  for (const source of sources) {
    const files = readdirSync(join(root, source), { recursive: true, encoding: 'utf8' }).sort()
    for (const file of files.filter((name) => name.endsWith('.ts')))
      hash.update(`${file}\n`).update(readFileSync(join(root, source, file)))
  }
  return hash.digest('hex')
}
