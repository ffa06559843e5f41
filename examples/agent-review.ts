// Every file is read by a reviewer, who then says what to mend first, knowing what was said before:
// node agent-review.ts [--tool claude]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchCluster } from '@ws/pool'
import { chosenTool } from './stand-in/chosen-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'ws-example-'))
writeFileSync(join(folder, 'login.js'), 'if (user.name == given) allow()\n')
writeFileSync(join(folder, 'rules.js'), 'const rule = eval(text)\nif (rule == null) stop()\n')
writeFileSync(join(folder, 'sums.js'), 'export const sum = (a, b) => a + b\n')

// Reviewers read and do not write; a conversation for each file stays with one instance.
const cluster = await launchCluster(chosenTool(), {
  count: 3,
  routing: 'sticky',
  permission: 'read',
  cwd: folder,
})
cluster.events.on('session.lost', ({ event }) => console.log(`${event.session} begins anew`))

const reviews = await Promise.all(
  ['login.js', 'rules.js', 'sums.js'].map(async (file) => {
    const session = `review of ${file}`
    const findings = await cluster.prompt(`Review ${file}. One line for each finding.`, {
      session,
      timeoutMs: 120_000,
    })
    const first = await cluster.prompt('What would you mend first, and why?', { session, timeoutMs: 120_000 })
    return {
      file,
      findings: findings.text.split('\n'),
      first: first.text,
      tokens: findings.tokens + first.tokens,
    }
  }),
)
for (const { file, findings, first, tokens } of reviews) {
  console.log(`${file} (${tokens} tokens)`)
  for (const finding of findings) console.log(`  - ${finding}`)
  console.log(`  first: ${first}`)
}
await cluster.close()
rmSync(folder, { recursive: true })
