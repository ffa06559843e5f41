// Runs a plan with the library, as somebody's own program would, and prints JSON of the bytes that the process holds
// once it has imported the library, and once it leads.
// node memory-of-run.ts <repository> <plan.json> <how many at once>
import { readFileSync } from 'node:fs'
import { createOrchestrator } from '@ws/orchestrator'

const [path = '.', plan = '', concurrency] = process.argv.slice(2)
const importedBytes = process.memoryUsage.rss()
const ws = await createOrchestrator({ repo: path, concurrency: Number(concurrency) })
const leadingBytes = process.memoryUsage.rss()
const run = await ws.run(JSON.parse(readFileSync(plan, 'utf8')))
const { status } = await run.result
await ws.close()
if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}`)
console.log(JSON.stringify({ importedBytes, leadingBytes }))
