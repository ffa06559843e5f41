import { defineConfig } from 'vitest/config'

const conditions = ['@ws/source', 'module', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['clis/**/*.test.ts'],
    watch: false,
    // Each file starts tools that need hundreds of megabytes and a core.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
})
