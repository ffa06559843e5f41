// Three warm instances of a tool answer prompts in parallel: node launch-cluster.ts [--tool claude]
import { launchCluster } from '@ws/pool'
import { chosenTool } from './stand-in/chosen-tool.ts'

const cluster = await launchCluster(chosenTool(), { count: 3, routing: 'least-busy' })
const answers = await Promise.all(['red', 'green', 'blue'].map((colour) => cluster.prompt(`Say ${colour}.`)))
for (const { instance, text, durationMs } of answers)
  console.log(`instance ${instance}, ${durationMs.toFixed(0)} ms: ${text}`)
console.log(await cluster.prompt('And now?', { session: 'colours' }).then(({ text }) => text))
await cluster.close()
