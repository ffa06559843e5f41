// The TypeScript blocks of READMEs run as they stand: the first of each page, and those whose first line is `// runs`. Each
// in a repository of its own: what they do to `.` they do there.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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
    const folder = mkdtempSync(join(tmpdir(), 'ws-readme-'))
    try {
      const place = makeProject(join(folder, 'project'), join(root, cwd))
      const { ok, output } = await runBounded(args, { cwd: place, limitMs: LIMIT_MS })
      if (!ok) findings.push(`${page}:${line}:\n${output.trimEnd()}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
printFindings(findings, `${count} blocks of ${pages.length} pages ran`)

/** A repository with one commit, from which the same packages are found as from a folder of this one, and that itself. */
function makeProject(place: string, like: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=ws', '-c', 'user.email=ws@localhost', ...args], { cwd: place })
  mkdirSync(join(place, 'node_modules', '@ws'), { recursive: true })
  git('init', '--quiet', '--initial-branch=main')
  git('commit', '--quiet', '--allow-empty', '-m', 'first')
  const modules = join(like, 'node_modules')
  for (const name of existsSync(modules) ? readdirSync(modules) : []) {
    if (name.startsWith('.')) continue
    const scoped = name.startsWith('@')
      ? readdirSync(join(modules, name)).map((own) => join(name, own))
      : [name]
    mkdirSync(join(place, 'node_modules', name.startsWith('@') ? name : ''), { recursive: true })
    for (const each of scoped) symlinkSync(join(modules, each), join(place, 'node_modules', each))
  }
  const own = join(place, 'node_modules', '@ws', basename(like))
  if (!existsSync(own)) symlinkSync(like, own)
  return place
}

function runnable(markdown: string): readonly { source: string; line: number }[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)]
    .filter(([, source = ''], at) => at === 0 || source.startsWith('// runs\n'))
    .map((match) => ({ source: match[1] ?? '', line: markdown.slice(0, match.index).split('\n').length }))
}
