import { run } from '/work/main/soak/store.ts'
const r = await run({ seed: Number(process.argv[2]), count: Number(process.argv[3]), deadline: Date.now() + 500_000 })
console.log(JSON.stringify(r, null, 1))
