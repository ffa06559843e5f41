// Storms as a program: `node storms.ts <first seed> <count>` prints how many events there were. A broken promise names
// the seed that repeats it. Tests run it in processes of its own: what counts the lines that run makes a storm twice as slow.
import { storm } from '../queue/storm.ts'

const [first = 1, count = 1] = process.argv.slice(2).map(Number)
let events = 0
for (let seed = first; seed < first + count; seed++) {
  try {
    events += (await storm(seed)).events.length
  } catch (error) {
    throw new Error(`seed ${seed} broke a promise`, { cause: error })
  }
}
console.log(events)
