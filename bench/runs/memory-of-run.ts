// Prints what a process holds that runs five tools at a time: JSON of bytes before, when it leads, at most, at the end.
// node memory-of-run.ts <repository>
import { createOrchestrator } from '@ws/orchestrator'

const everyMs = 50
const instances = 5
const tasksEach = 4
/** Its prompt is a path, which it writes after a second. */
const tool =
  'read -r path; sleep 1; mkdir -p "$(dirname "$path")"; echo "$path" > "$path"; echo "wrote $path"'

const [path = '.'] = process.argv.slice(2)
const beforeBytes = process.memoryUsage.rss()
const ws = await createOrchestrator({ repo: path, concurrency: instances })
const openedBytes = process.memoryUsage.rss()
const samples: number[] = []
const timer = setInterval(() => samples.push(process.memoryUsage.rss()), everyMs)
const run = await ws.run({
  tools: { writer: { command: 'sh', args: ['-c', tool] } },
  concurrency: instances,
  checks: { calm: { run: 'true' } },
  merge: { checks: ['calm'] },
  workstreams: Array.from({ length: instances * tasksEach }, (_, at) => ({
    id: `w${at}`,
    claims: [`w${at}/**`],
    tasks: [{ id: `t${at}`, tool: 'writer', prompt: `w${at}/one` }],
  })),
})
const { status } = await run.result
clearInterval(timer)
const endBytes = process.memoryUsage.rss()
await ws.close()
if (status !== 'COMPLETED') throw new Error(`the run ended as ${status}`)
console.log(JSON.stringify({ beforeBytes, openedBytes, mostBytes: Math.max(...samples), endBytes }))
