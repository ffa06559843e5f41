// Compiles every project of the repository, and sees that every TypeScript file is part of one.
import { existsSync, realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { runCommand } from '../../command.ts'
import { printFindings } from '../findings.ts'
import { toolScript } from '../tool.ts'
import { packageFolders, trackedFiles } from '../tracked-files.ts'

const root = realpathSync(process.cwd())
const folders = [
  ...packageFolders(root).map((name) => `packages/${name}`),
  'examples',
  'bench',
  'e2e',
  'soak',
  'scripts',
  'test',
]
const projects = folders.map((folder) => `${folder}/tsconfig.json`).filter((file) => existsSync(file))
// Each file is compiled under the rules of whoever reads it, so it may be in several.
const compiled = new Set<string>()
const findings: string[] = []

for (const project of projects) {
  const args = [
    toolScript('typescript', 'tsc'),
    '--noEmit',
    '--pretty',
    'false',
    '-p',
    project,
    '--listFiles',
  ]
  const { ok, stdout, output } = runCommand(process.execPath, args, { cwd: root })
  const lines = (ok ? stdout : output).split('\n').map((line) => line.trim())
  const isFile = (line: string) => /^(\/|[A-Z]:).*\.[cm]?[tj]s$/i.test(line)
  for (const file of lines.filter(isFile)) compiled.add(relative(root, file).replaceAll('\\', '/'))
  if (!ok) findings.push(...lines.filter((line) => line !== '' && !isFile(line)))
}
// A tool's configuration beside them is loaded by that tool, which says what is wrong with it.
const sources = trackedFiles(root).filter((file) => /\/.*\.[cm]?ts$/.test(file))
for (const file of sources) {
  if (!compiled.has(file)) findings.push(`${file}: in no project: ${projects.join(', ')}`)
}
printFindings([...new Set(findings)], `${sources.length} files in ${projects.length} projects`)
