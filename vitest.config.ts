import { existsSync } from 'node:fs'

import { defineConfig } from 'vitest/config'

// Tests named *.pg.test.ts use a real Postgres that this file starts once for all of them.
const postgres = 'packages/db/src/testing/global-setup.ts'
const skipped = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    environment: 'node',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', 'apps/*/**/*.test.{ts,tsx}'],
          exclude: [...skipped, '**/*.pg.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['packages/*/{src,test}/**/*.pg.test.ts', 'apps/*/**/*.pg.test.ts'],
          exclude: skipped,
          globalSetup: existsSync(postgres) ? [postgres] : [],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
