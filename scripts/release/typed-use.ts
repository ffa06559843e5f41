// What the compiler and an editor have to know of packages that are used by their types first of all.

interface TypedUse {
  /** The package that it uses; not asked where that is not there. */
  readonly name: string
  /** A module that must compile: what is wrong in it says so itself, by `@ts-expect-error`. */
  readonly source: string
  /** What an editor has to offer at each place. */
  readonly completions: readonly Completion[]
}

export interface Completion {
  /** A module in which `/*here*\/` stands where somebody is typing. */
  readonly source: string
  readonly offers: readonly string[]
}

const launch = (options: string) => `import { launchCluster } from '@ws/pool'
export const cluster = launchCluster('claude', { ${options} })
`
const listen = (type: string, body: string) => `import type { ClusterManager } from '@ws/pool'
export const listen = (cluster: ClusterManager) => cluster.events.on('${type}', ({ event }) => { ${body} })
`

export const TYPED_USES: readonly TypedUse[] = [
  {
    name: '@ws/pool',
    source: `import { launchCluster, type ClusterManager, type PoolEvent, type Turn } from '@ws/pool'

export async function use(): Promise<Turn> {
  const cluster: ClusterManager = await launchCluster('claude', {
    count: 5,
    routing: 'sticky',
    execution: 'auto',
    permission: 'edit',
    recycle: { turns: 50, memoryMb: 800 },
    breaker: { crashes: 3, coolDownMs: 60_000 },
  })
  const seen: PoolEvent['type'][] = []
  cluster.events.on('*', ({ event }) => void seen.push(event.type))
  cluster.events.on('breaker.opened', ({ event }) => {
    const crashes: number = event.crashes
    // @ts-expect-error: another event's
    event.session
    return void crashes
  })
  // @ts-expect-error: there is no such event
  cluster.events.on('breaker.closd', () => {})
  // @ts-expect-error: nothing is called so
  await launchCluster('claude', { cuont: 3 })
  // @ts-expect-error: a number
  await launchCluster('claude', { count: '3' })
  // @ts-expect-error: there is no such way of routing
  await launchCluster('claude', { routing: 'random' })
  // @ts-expect-error: within an option, too
  await launchCluster('claude', { recycle: { turn: 50 } })
  // @ts-expect-error: neither a name nor an adapter
  await launchCluster(3)
  for await (const { item, settled } of cluster.map(['a.ts'], (file) => \`Review \${file.toUpperCase()}\`)) {
    const file: string = item
    if (!settled.isDone && settled.failure.reason === 'quota-exhausted') return use()
    void file
  }
  return cluster.prompt('Hello.', { session: 'one', timeoutMs: 60_000, onEvent: ({ type }) => void type })
}
`,
    completions: [
      {
        source: launch('/*here*/'),
        offers: ['count', 'routing', 'execution', 'permission', 'recycle', 'breaker', 'turnTimeoutMs'],
      },
      { source: launch("routing: '/*here*/'"), offers: ['round-robin', 'least-busy', 'sticky'] },
      { source: launch('recycle: { /*here*/ }'), offers: ['turns', 'ageMs', 'memoryMb', 'spare'] },
      {
        source: listen('/*here*/', ''),
        offers: ['instance.ready', 'breaker.opened', 'session.lost', 'turn.completed', '*'],
      },
      { source: listen('breaker.opened', 'event./*here*/'), offers: ['crashes', 'waitMs', 'detail'] },
    ],
  },
]
