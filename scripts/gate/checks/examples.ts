// Every example runs to its end as a reader would start it: `node examples/x.ts`.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runBounded } from '../run-bounded.ts'
import { printFindings } from '../findings.ts'

/** An example is read in a minute; it need not run for longer. */
const LIMIT_MS = 60_000

const root = process.cwd()
const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'))
const findings: string[] = []
for (const file of files) {
  const args = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', join('examples', file)]
  const { ok, output } = await runBounded(args, { cwd: root, limitMs: LIMIT_MS })
  if (!ok) findings.push(`examples/${file}:\n${output.trimEnd()}`)
}
printFindings(findings, `${files.length} ran`)
