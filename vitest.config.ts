import { defineConfig } from 'vitest/config'

const conditions = ['@ws/source', 'module', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    watch: false,
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    // Only a test that hangs comes to this; what is slow on a busy machine is not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      // Files that no test loads count as well. What is enough is decided in scripts/gate/checks/coverage.ts.
      include: ['packages/*/src/**/*.ts'],
      reporter: ['json'],
      reportOnFailure: true,
    },
  },
})
