import { simulate } from '@ws/core/testing'
import { jsp } from '/tmp/q/jsp.ts'
let s=0,n=0
for (const i of jsp()) { const r=await simulate(i); const d=(r.makespanMs/i.bestMs-1)*100; s+=d;n++; if(n<12)console.log(i.name,r.makespanMs,i.bestMs,d.toFixed(1)) }
console.log('mean',n,(s/n).toFixed(2))
