import { describe, expect, test } from 'vitest'
import { crashAt } from './crash-story.ts'

// Every point of a run takes a quarter of an hour and is done in the soak; here are some of each kind.
const gitCalls = [3, 14, 27, 39, 52, 66, 81, 97, 112]
const appends = [1, 2, 4, 7, 11, 15, 19]

describe('a run that is killed', () => {
  test('without a kill it ends as it should', async () => {
    expect((await crashAt({ what: 'nothing', at: 0, when: 'before' })).wasKilled).toBe(false)
  })

  test.each(gitCalls)('around the %d. call of git goes on and loses nothing', async (at) => {
    const { wasKilled } = await crashAt({ what: 'git', at, when: at % 2 === 0 ? 'before' : 'after' })
    expect(wasKilled).toBe(true)
  })

  test.each(appends)('around the %d. append goes on and loses nothing', async (at) => {
    const { wasKilled } = await crashAt({ what: 'append', at, when: at % 2 === 0 ? 'before' : 'after' })
    expect(wasKilled).toBe(true)
  })
})
