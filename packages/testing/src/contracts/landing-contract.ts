import assert from 'node:assert/strict'
import type { Landing, LandingContext, LandingOutcome, LandingRequest } from '@ws/core'
import type { ContractCase } from '../journal-contract/journal-contract.ts'

/** A landing of a case's own, over a repository with one commit on its target. */
export interface LandingPlace {
  readonly landing: Landing
  /** The branch that everything lands on. */
  readonly target: string
  /** A branch with one commit on the first one of the target, which writes this file. */
  branch(
    name: string,
    file: string,
    content: string,
  ): Promise<Pick<LandingRequest, 'branch' | 'commit' | 'base'>>
  /** What has landed of a file by now: at the target, or wherever that is kept until the target follows. */
  landed(file: string): Promise<string | undefined>
}

const ignore = (): LandingContext => ({ signal: new AbortController().signal, onHeld: () => {} })

async function request(
  place: LandingPlace,
  name: string,
  more: { readonly file?: string; readonly approve?: 'manual'; readonly after?: readonly string[] } = {},
): Promise<LandingRequest> {
  const { file = `${name}.txt`, approve = 'auto', after = [] } = more
  return {
    ...(await place.branch(name, file, `${name}\n`)),
    key: `land/contract/${name}/1`,
    runId: 'contract',
    workstreamId: name,
    round: 1,
    attempt: 1,
    after,
    level: 0,
    claims: [{ path: file, mode: 'exclusive' }],
    work: { target: place.target, method: 'merge', approve, checks: [], advisory: [] },
    subject: `contract: ${name}`,
    trailers: {},
  }
}

/** One that waits for a person, once it waits. */
async function held(place: LandingPlace, name: string) {
  const asked = await request(place, name, { approve: 'manual' })
  const waits = Promise.withResolvers<void>()
  const ended = place.landing.land(asked, { ...ignore(), onHeld: () => waits.resolve() })
  await Promise.race([
    waits.promise,
    ended.then(({ kind }) => assert.fail(`it is ${kind}, and nobody approved`)),
  ])
  assert.equal(await place.landed(`${name}.txt`), undefined)
  return { key: asked.key, ended }
}

function kindOf({ kind }: LandingOutcome) {
  return kind
}

/**
 * What every `Landing` must do: a queue of ours, or a forge's in its place.
 *
 * @example
 * for (const { title, run } of landingContract) test(title, async () => run(await newPlace()))
 */
export const landingContract: readonly ContractCase<LandingPlace>[] = [
  {
    title: 'what a branch has is on its target when it has landed',
    async run(place) {
      const outcome = await place.landing.land(await request(place, 'one'), ignore())
      assert.equal(outcome.kind, 'landed')
      assert.match(outcome.kind === 'landed' ? outcome.commit : '', /^[0-9a-f]{40,64}$/)
      assert.equal(await place.landed('one.txt'), 'one\n')
    },
  },
  {
    title: 'asking twice with the same key is asking once: at the same time, and afterwards',
    async run(place) {
      const asked = await request(place, 'one')
      const both = await Promise.all([
        place.landing.land(asked, ignore()),
        place.landing.land(asked, ignore()),
      ])
      assert.deepEqual(both[1], both[0])
      await place.landing.land(await request(place, 'two'), ignore())
      assert.deepEqual(await place.landing.land(asked, ignore()), both[0])
    },
  },
  {
    title: 'branches that change the same lines do not both land, and the paths are named',
    async run(place) {
      const [one, two] = [
        await request(place, 'one', { file: 'same.txt' }),
        await request(place, 'two', { file: 'same.txt' }),
      ]
      assert.equal(kindOf(await place.landing.land(one, ignore())), 'landed')
      const second = await place.landing.land(two, ignore())
      assert.deepEqual(second, { kind: 'conflicted', paths: ['same.txt'] })
      assert.equal(await place.landed('same.txt'), 'one\n')
    },
  },
  {
    title: 'what comes after another waits for it, though it was asked for first',
    async run(place) {
      const first = await request(place, 'first')
      const second = await request(place, 'second', { after: [first.key] })
      const order: string[] = []
      const note = (name: string) => (outcome: LandingOutcome) => {
        order.push(name)
        return outcome.kind
      }
      const ends = [
        place.landing.land(second, ignore()).then(note('second')),
        place.landing.land(first, ignore()).then(note('first')),
      ]
      assert.deepEqual(await Promise.all(ends), ['landed', 'landed'])
      assert.deepEqual(order, ['first', 'second'])
    },
  },
  {
    title: 'what needs a person says that it waits, and lands once it is approved',
    async run(place) {
      const { key, ended } = await held(place, 'one')
      place.landing.change(key, { isApproved: true })
      assert.equal((await ended).kind, 'landed')
      assert.equal(await place.landed('one.txt'), 'one\n')
    },
  },
  {
    title: 'what is asked back before it has landed is withdrawn, and nothing of it lands',
    async run(place) {
      const { key, ended } = await held(place, 'one')
      place.landing.change(key, { isWithdrawing: true })
      assert.deepEqual(await ended, { kind: 'withdrawn' })
      assert.equal(await place.landed('one.txt'), undefined)
    },
  },
  {
    title: 'a change of what is over, or of what nobody asked for, hurts nobody',
    async run(place) {
      const asked = await request(place, 'one')
      const outcome = await place.landing.land(asked, ignore())
      place.landing.change(asked.key, { isWithdrawing: true, level: 7 })
      place.landing.change('land/contract/nobody/1', { isApproved: true })
      assert.deepEqual(await place.landing.land(asked, ignore()), outcome)
    },
  },
  {
    title: 'closing it twice is closing it once',
    async run({ landing }) {
      await Promise.all([landing.close(), landing.close()])
      await landing.close()
    },
  },
]
