import { runMachine } from '../packages/core/src/run/run-machine.ts'
import { decideInto } from '../packages/core/src/machine/machine.ts'
const n = Number(process.argv[3] ?? 50000)
const m = runMachine()
const s = m.initial()
const ev: any[] = []
const spec = {
  id: 'r',
  correlationId: 'r',
  name: 'r',
  user: 'u',
  target: 'main',
  limits: {},
  requires: [],
  failurePolicy: 'dependents',
  onQuota: 'park',
  reserveUsd: 0,
  workstreams: Array.from({ length: n }, (_, i) => ({
    id: `t${i}`,
    priority: 2,
    claims: [{ path: `src/m${i}/**`, mode: 'exclusive' }],
    holdUntil: 'landed',
    lands: false,
  })),
  tasks: Array.from({ length: n }, (_, i) => ({
    id: `t${i}`,
    workstream: `t${i}`,
    kind: 'command',
    tools: [],
    needs: [],
    needsLanded: [],
    isRequired: true,
    estimateMs: 1000 + (i % 977),
    retries: 2,
    backoff: {},
    uses: {},
    estimateKey: 'x',
  })),
}
globalThis.gc!()
const b = process.memoryUsage().heapUsed
const c0 = process.threadCpuUsage()
let t = performance.now()
decideInto(m, s, { type: 'limits.set', commandId: 'l', limits: { slots: 8 } } as any, 0, ev)
decideInto(m, s, { type: 'host.joined', hostId: 'h', offers: ['*'] } as any, 0, ev)
decideInto(m, s, { type: 'run.start', commandId: 's', run: spec } as any, 0, ev)
console.log('start ms', performance.now() - t)
globalThis.gc!()
console.log('state B/task', (process.memoryUsage().heapUsed - b) / n)
if (process.argv[2] === 's') process.exit()
t = performance.now()
let k = 0
for (;;) {
  const next = s.wanted.values().next().value as any
  if (!next) break
  decideInto(
    m,
    s,
    {
      type: 'attempt.ended',
      runId: 'r',
      taskId: next.taskId,
      attempt: next.attempt,
      outcome: { kind: 'succeeded', commit: 'c' },
      usage: { costUsd: 0, tokens: 0, durationMs: 1 },
    } as any,
    k++,
    ev,
  )
  if (process.argv[2]) ev.length = 0
}
console.log('rest ms', performance.now() - t, k)
