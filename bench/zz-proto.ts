import { simulate } from '@ws/core/testing'
const n = Number(process.argv[2] ?? 10000)
const shape = process.argv[3] ?? 'independent'
const tasks = Array.from({ length: n }, (_, i) => {
  if (shape === 'independent')
    return { id: `t${i}`, durationMs: 1000 + ((i * 7919) % 60000), claims: [`src/m${i}/**`] }
  if (shape === 'chain')
    return {
      id: `t${i}`,
      durationMs: 1000 + ((i * 7919) % 60000),
      needs: i ? [`t${i - 1}`] : [],
      claims: [`src/m${i}/**`],
    }
  if (shape === 'hot')
    return {
      id: `t${i}`,
      durationMs: 1000 + ((i * 7919) % 60000),
      claims: i % 2 ? ['package.json'] : [`src/m${i}/**`],
    }
  if (shape === 'layered') {
    const l = Math.floor(i / 100)
    return {
      id: `t${i}`,
      durationMs: 1000 + ((i * 7919) % 60000),
      needs: l ? [0, 1, 2].map((k) => `t${(l - 1) * 100 + ((i * 31 + k * 17) % 100)}`) : [],
      claims: [`src/m${(i * 13) % 50}/**`],
    }
  }
  return {
    id: `t${i}`,
    durationMs: 1000 + ((i * 7919) % 60000),
    claims: [`src/m${i}/**`],
    uses: { cpu: 1 + (i % 4), mem: 1 + (i % 7) },
  }
})
const t0 = performance.now(),
  c0 = process.threadCpuUsage()
const r = await simulate({
  tasks,
  limits: shape === 'resources' ? { concurrency: 16, cpu: 8, mem: 24 } : { concurrency: 8 },
})
const c = process.threadCpuUsage(c0)
console.log(
  'cpu',
  ((c.user + c.system) / 1000) | 0,
  shape,
  n,
  ((performance.now() - t0) | 0) + 'ms',
  'rss',
  process.resourceUsage().maxRSS >> 10,
  'events',
  r.events.length,
  (r.makespanMs / r.lowerBoundMs).toFixed(3),
)
