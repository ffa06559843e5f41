import { simulate } from '@ws/core/testing'
import { publishedGraphs } from './quality/published-graphs.ts'
const all = publishedGraphs(process.env['WS_BENCH_STG'])!
for (const estimates of ['exact','none'] as const) {
 const by = new Map<number, number[]>()
 for (const {tasks,limits,bestMs} of all) {
  const {makespanMs} = await simulate({tasks,limits,estimates})
  const P=limits['concurrency']!
  if(!by.has(P)) by.set(P,[])
  by.get(P)!.push((makespanMs/bestMs-1)*100)
 }
 console.log(estimates, [...by].map(([p,v])=>`${p}: ${(v.reduce((a,b)=>a+b)/v.length).toFixed(3)}`).join('  '))
}
