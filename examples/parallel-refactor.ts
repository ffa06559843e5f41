// One prompt for each file, over three instances; a failure stops nobody: node parallel-refactor.ts [--tool claude]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchCluster } from '@ws/pool'
import { chosenTool } from './stand-in/chosen-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'ws-example-'))
const files = Array.from({ length: 9 }, (_, at) => `module-${at}.js`)
for (const [at, file] of files.entries()) writeFileSync(join(folder, file), 'var x = 1\n'.repeat(at + 1))

const cluster = await launchCluster(chosenTool(), {
  count: 3,
  cwd: folder,
  permission: 'edit',
  context: 'fresh',
})
const toPrompt = (file: string) =>
  `Refactor ${file}: declare with const what is never assigned again. Change no other file.`
let done = 0
for await (const { item: file, settled } of cluster.map(files, toPrompt)) {
  done += 1
  const said = settled.isDone ? settled.turn.text : `failed: ${settled.failure.reason}`
  console.log(`${done}/${files.length} ${file}: ${said}`)
}
const left = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('var '))
const { turns, p50Ms, p95Ms } = cluster.stats()
console.log(
  `${left.length} files are as they were; ${turns} turns, half within ${p50Ms?.toFixed(0)} ms, nearly all within ${p95Ms?.toFixed(0)} ms`,
)
await cluster.close()
rmSync(folder, { recursive: true })
