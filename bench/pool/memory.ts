// Prints the memory of a program with five instances, after a thousand prompts: node memory.ts [nothing|idle]
import { echoTool } from '@ws/testing'

const until = process.argv[2]
if (until === 'nothing') console.log(process.memoryUsage().rss)
else {
  const { launchCluster } = await import('@ws/pool')
  const cluster = await launchCluster(echoTool(), { count: 5 })
  for (let prompt = 0; until !== 'idle' && prompt < 1_000; prompt++) await cluster.prompt(`prompt ${prompt}`)
  console.log(process.memoryUsage().rss)
  await cluster.close()
}
