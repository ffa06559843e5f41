// The TypeScript blocks of READMEs run as they stand: the first of each page, and those whose first line is `// runs`.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printFindings } from '../findings.ts'
import { runBounded } from '../run-bounded.ts'
import { packageFolders } from '../tracked-files.ts'

const LIMIT_MS = 60_000

const root = process.cwd()
// A block is evaluated in a folder from which the packages that it imports are found.
const pages = [
  { page: 'README.md', cwd: 'examples' },
  ...packageFolders(root).map((name) => ({ page: `packages/${name}/README.md`, cwd: `packages/${name}` })),
]
const findings: string[] = []
let count = 0
for (const { page, cwd } of pages) {
  if (!existsSync(join(root, page))) {
    findings.push(`${page}: there is none`)
    continue
  }
  const blocks = runnable(readFileSync(join(root, page), 'utf8'))
  if (blocks.length === 0) findings.push(`${page}: no \`\`\`ts block`)
  for (const { source, line } of blocks) {
    count++
    const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
    const args = [...flags, '--input-type=module-typescript', '--eval', source]
    const { ok, output } = await runBounded(args, { cwd: join(root, cwd), limitMs: LIMIT_MS })
    if (!ok) findings.push(`${page}:${line}:\n${output.trimEnd()}`)
  }
}
printFindings(findings, `${count} blocks of ${pages.length} pages ran`)

function runnable(markdown: string): readonly { source: string; line: number }[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)]
    .filter(([, source = ''], at) => at === 0 || source.startsWith('// runs\n'))
    .map((match) => ({ source: match[1] ?? '', line: markdown.slice(0, match.index).split('\n').length }))
}
