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
    // One more than cores of a small machine: half of the tests wait for locks, leases and processes.
    maxWorkers: 3,
    // Generous: a test waits for what must come, on any machine, and measures nothing.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // They leave nothing behind: a file that is loaded once serves all of them, and starting takes no time.
          isolate: false,
          pool: 'threads',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'apps/*/**/*.test.{ts,tsx}',
            'bench/**/*.test.ts',
          ],
          exclude: [...skipped, '**/*.pg.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['packages/*/{src,test}/**/*.pg.test.ts', 'apps/*/**/*.pg.test.ts'],
          exclude: [...skipped, ...leftOut],
          // A process goes on to the next file: what is loaded once serves all of them.
          isolate: false,
          globalSetup: existsSync(postgres) ? [postgres] : [],
          setupFiles: ['packages/db/src/testing/end-file.ts'],
        },
      },
    ],
  },
})
