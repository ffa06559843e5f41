// A program that launches a cluster of a scripted tool with a ledger, says so, and waits to be killed:
// node own-cluster.ts <ledger> <count> <tool's arguments as JSON> [exit]
import { lineAdapter } from '@ws/testing'
import { launchCluster } from '../../src/index.ts'

const [ledger = '', count = '1', args = '[]', end = ''] = process.argv.slice(2)
const env = { WS_SCRIPTED_TOOL: process.env['WS_SCRIPTED_TOOL'] ?? '' }
const adapter = lineAdapter({ commands: [process.execPath], args: JSON.parse(args), env })
// Whoever started it is gone, and so is it.
process.stdin.on('end', () => process.exit(98)).resume()
await launchCluster(adapter, { count: Number(count), ledger })
console.log('launched')
if (end === 'exit') process.exit(0)
