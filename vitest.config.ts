import { defineConfig } from 'vitest/config'

const conditions = ['@ws/source', 'module', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    watch: false,
  },
})
