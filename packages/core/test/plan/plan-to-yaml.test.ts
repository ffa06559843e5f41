import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse-plan.ts'
import { planToInput, planToYaml } from '../../src/plan/plan-to-yaml.ts'
import { Plan } from '../../src/plan/plan.ts'
import { planOf, readSample, samples } from './sample-plans.ts'

test.each(samples)('%s reads back the same after it was compiled and written', async (name) => {
  const plan = await planOf(readSample(name))
  expect(await planOf(await planToYaml(plan))).toEqual(plan)
})

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom(
    'yes',
    '- x',
    'a: b',
    '# c',
    'line\nline\n',
    '  x',
    '"',
    '*a',
    '1',
    'null',
    '~',
    '<<',
    '💾',
  ),
)
const duration = fc.integer({ min: 1, max: 10_000_000 })
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const paths = fc.array(fc.constantFrom('src/**', 'a/[b].ts', '{a,b}/*', 'README.md'), { maxLength: 2 })
const claim = fc.oneof(
  fc.constant('src/**'),
  fc.record({
    path: fc.constant('docs/**'),
    mode: fc.constantFrom('exclusive' as const, 'shared' as const),
    exclude: optional(paths),
  }),
)
const metadata = fc.dictionary(
  fc.oneof(fc.string({ minLength: 1 }), fc.constant('<<')).filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 1 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
)

const taskArbitrary = fc.record({
  prompt: text,
  label: optional(text),
  role: optional(fc.constantFrom('work' as const, 'plan' as const, 'verify' as const)),
  tool: optional(fc.constantFrom('Claude-CLI', 'aider', 'cursor')),
  capabilities: optional(fc.constant(['Tests'])),
  files: optional(paths),
  claims: optional(fc.array(claim, { maxLength: 2 })),
  priority: optional(fc.constantFrom('high' as const, 'low' as const, 0, 7)),
  timeoutMs: optional(duration),
  retries: optional(fc.nat(3)),
  backoff: optional(
    fc.record({
      baseMs: optional(duration),
      factor: optional(fc.constantFrom(1, 2.5)),
      maxMs: optional(duration),
    }),
  ),
  env: optional(fc.constant({ PORT: 3000, X: 'yes' })),
  required: optional(fc.boolean()),
  estimate: optional(
    fc.record({ usd: optional(fc.constantFrom(0, 1.5)), minutes: optional(fc.constantFrom(0, 12)) }),
  ),
  metadata: optional(metadata),
})

const planArbitrary = fc.array(taskArbitrary, { minLength: 1, maxLength: 3 }).chain((tasks) =>
  fc.record({
    name: optional(text),
    concurrency: optional(fc.integer({ min: 1, max: 9 })),
    checks: optional(
      fc.record({
        lint: fc.record({
          run: fc.oneof(text, fc.constant(['make', 'lint'])),
          timeoutMs: optional(duration),
        }),
      }),
    ),
    defaults: optional(fc.record({ timeoutMs: optional(duration), model: optional(text) })),
    setup: optional(fc.constant('npm ci')),
    guardrails: optional(
      fc.constant({
        forbidPaths: ['infra/**'],
        // oxlint-disable-next-line unicorn/no-thenable -- a setting of that name
        maxFiles: { limit: 4, then: 'warn' as const },
        secrets: false,
      }),
    ),
    metadata: optional(metadata),
    workstreams: fc.constant(
      tasks.map((task, index) => ({ id: `w${index}`, tasks: [{ id: `t${index}`, ...task }] })),
    ),
  }),
)

test('any plan reads back the same after it was written, and writing says nothing new', async () => {
  await fc.assert(
    fc.asyncProperty(planArbitrary, async (input) => {
      // As a document: without what is undefined.
      const plan = Plan.parse(JSON.parse(JSON.stringify(input)))
      const yaml = await planToYaml(plan)
      const again = await parsePlan(yaml)
      expect(again.ok ? again.plan : again.problems).toEqual(plan)
      expect(planToInput(Plan.parse(planToInput(plan)))).toEqual(planToInput(plan))
    }),
    { numRuns: 60 },
  )
})

test('a plan is written as a person would write it', async () => {
  const plan = Plan.parse({
    checks: { unit: { run: 'pytest -q', timeoutMs: 600_000 } },
    tools: { aider: { account: 'team' } },
    limits: { cpu: 4 },
    defaults: { backoff: { baseMs: 2_000 } },
    workstreams: [
      {
        id: 'a',
        priority: 1,
        claims: ['src/**', { path: 'docs/**', mode: 'shared' }],
        tasks: [{ id: 't', tool: 'aider', prompt: 'First this.\nThen that.', timeoutMs: 90_000 }],
      },
      { id: 'b', claims: [], tasks: [{ id: 'u', run: 'make', needs: ['t'], uses: { cpu: 2 } }] },
    ],
  })
  expect(await planToYaml(plan)).toMatchInlineSnapshot(`
    "version: 1
    checks:
      unit: { run: pytest -q, timeout: 10m }
    tools:
      aider: { account: team }
    limits: { cpu: 4 }
    defaults:
      backoff: { base: 2s }
    workstreams:
      - id: a
        priority: high
        claims:
          - src/**
          - { path: docs/**, mode: shared }
        tasks:
          - id: t
            tool: aider
            prompt: |-
              First this.
              Then that.
            timeout: 90s

      - id: b
        claims: []
        tasks:
          - id: u
            run: make
            needs: [ t ]
            uses: { cpu: 2 }
    "
  `)
})
