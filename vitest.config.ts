import { defineConfig } from 'vitest/config'

const conditions = ['@ws/source', 'module', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    watch: false,
    coverage: {
      provider: 'v8',
      // Files that no test loads count as well. What is enough is decided in scripts/gate/checks/coverage.ts.
      include: ['packages/*/src/**/*.ts'],
      reporter: ['json'],
      reportOnFailure: true,
    },
  },
})
