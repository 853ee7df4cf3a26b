import { existsSync } from 'node:fs'

import { defineConfig } from 'vitest/config'

// Tests named *.pg.test.ts use a real Postgres that this file starts once for all of them.
const postgres = 'packages/db/src/testing/global-setup.ts'
const skipped = ['**/node_modules/**', '**/dist/**']
// The second round of a day's tests, on the oldest Postgres, leaves out what takes long: each night it is whole.
const long = ['packages/sdk/**', 'packages/db/src/embedded/**', 'packages/db/test/model/**']
const leftOut = process.env['HOLDPOINT_TEST_SHORT'] ? long : []

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
          exclude: [...skipped, ...leftOut],
          globalSetup: existsSync(postgres) ? [postgres] : [],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
