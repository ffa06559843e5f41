import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const conditions = ['@ws/source', 'module', 'node', 'import', 'default']

/** Tests that only compute. */
const pure = [
  'packages/core/test/**/*.test.ts',
  'packages/tools/test/**/*.test.ts',
  'packages/merge-queue/test/{policy,queue,estimate,simulate}/**/*.test.ts',
]

/** Files that take longest: one that is begun last runs alone in the end, while the other processors are idle. */
const longest = [
  '/kills/kill-',
  '/run/storm-',
  '/service/stays-green-',
  '/orchestrator/test/crash',
  '/e2e/runs/',
  '/queue/storm-',
  '/gate/bite.',
  '/fake-agent/play-replay.',
  '/store/test/backup.',
  '/slots/nothing-lost.',
  '/store/test/kill.',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((part) => moduleId.replaceAll('\\', '/').includes(part))
      return at === -1 ? longest.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // To load anew for each file what it tests would take longer than to run it.
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'acting',
          // Of the whole stories, those that take seconds; the others are `npm run test:runs`.
          include: [
            'packages/*/test/**/*.test.ts',
            'test/**/*.test.ts',
            'e2e/runs/{samples,stories}.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...pure],
        },
      },
    ],
    setupFiles: ['children-compile-once', 'seeded-properties'].map((name) =>
      join(import.meta.dirname, `scripts/gate/${name}.mjs`),
    ),
    env: { WS_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '.cache/node') },
    watch: false,
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    // Only a test that hangs comes to this; what is slow on a busy machine is not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      // Files that no test loads count as well. What is enough is decided in scripts/gate/checks/coverage.ts.
      include: ['packages/*/src/**/*.ts'],
      reporter: ['json'],
      reportOnFailure: true,
    },
  },
})
