// A build system that has its own p-queue: @ws/core says what may start and why the rest waits.
import { setTimeout as sleep } from 'node:timers/promises'
import { buildGraph, ClaimTable, criticalPath, criticalPathLengths, lowerBound, ReadySet } from '@ws/core'
import type { Claim } from '@ws/core'
import PQueue from 'p-queue'

const writes = (path: string): Claim[] => [{ path, mode: 'exclusive' }]
const graph = buildGraph([
  { id: 'schema', durationMs: 60, claims: writes('src/schema/**') },
  { id: 'docs', durationMs: 140, claims: writes('docs/**') },
  { id: 'server', needs: ['schema'], durationMs: 200, claims: writes('src/{server,shared}/**') },
  { id: 'client', needs: ['schema'], durationMs: 120, claims: writes('src/{client,shared}/**') },
  { id: 'release', needs: ['server', 'client', 'docs'], durationMs: 30, claims: writes('CHANGELOG.md') },
])

const queue = new PQueue({ concurrency: 3 })
const ready = new ReadySet(graph)
const claims = new ClaimTable()
const weights = criticalPathLengths(graph)

function offer(id: string): void {
  const answer = claims.request(id, graph.getNodeAttribute(id, 'task').claims)
  if (answer.granted) void queue.add(() => work(id), { priority: weights.get(id) })
  else console.log(`wait   ${id}: ${answer.by.holder} holds ${answer.by.path}`)
}

async function work(id: string): Promise<void> {
  console.log(`start  ${id}`)
  await sleep(graph.getNodeAttribute(id, 'task').durationMs)
  console.log(`done   ${id}`)
  for (const next of [...claims.release(id), ...ready.finish(id)]) offer(next)
}

console.log(`critical path: ${criticalPath(graph).path.join(' → ')}`)
console.log(`no schedule is faster than ${lowerBound(graph, { concurrency: 3 }).ms} ms`)
for (const id of ready.initial) offer(id)
await queue.onIdle()
