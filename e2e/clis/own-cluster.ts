// A program of ours for a test to kill: it has a cluster, and gives it something to do that lasts.
import { launchCluster, type ClusterOptionsInput } from '@ws/pool'

const [tool = '', options = '{}', prompt = ''] = process.argv.slice(2)
const given: ClusterOptionsInput = JSON.parse(options)
const cluster = await launchCluster(tool, given)
await cluster.promptSettled(prompt)
