import { defineConfig } from '@playwright/test'

import { findBrowser } from './browser.ts'

const nightly = Boolean(process.env['HOLDPOINT_NIGHTLY'])
const wholeTrace = nightly || Boolean(process.env['HOLDPOINT_TRACE'])
const launchOptions = { ...findBrowser(), args: ['--disable-dev-shm-usage'] }

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  fullyParallel: true,
  // One more than cores of a small machine: a test waits more than it works.
  workers: 3,
  // Generous: a test waits for what must come, on any machine, and measures nothing.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  // A test that needs a second try hides a race of ours.
  retries: 0,
  // What takes long runs each night.
  ...(nightly ? {} : { grepInvert: /@nightly/ }),
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: '../.check/e2e.json' }]],
  use: {
    browserName: 'chromium',
    actionTimeout: 60_000,
    launchOptions,
    // Charts animate into screenshots otherwise.
    contextOptions: { reducedMotion: 'reduce' },
    // What the page held at every moment costs a quarter of the time, so by day it is kept only when asked for. What was
    // done, asked and answered is kept, and a picture of the end.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: wholeTrace, sources: false },
    screenshot: 'only-on-failure',
    video: 'off',
  },
  projects: [
    { name: 'browser', testMatch: 'browser.spec.ts' },
    {
      name: 'desktop',
      testIgnore: 'browser.spec.ts',
      dependencies: ['browser'],
      use: { viewport: { width: 1440, height: 900 } },
    },
    {
      // Approvals are decided on phones: tests tagged @phone also run here.
      name: 'phone',
      testIgnore: 'browser.spec.ts',
      dependencies: ['browser'],
      grep: /@phone/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true },
    },
  ],
})
