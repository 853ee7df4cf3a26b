import { expect, test as base, type Page } from '@playwright/test'

import { Stack } from './stack.ts'

export { expect }

interface WorkerFixtures {
  /** One Holdpoint without sample agents for all tests of a worker. */
  readonly shared: Stack
}

interface TestFixtures {
  /** The one that is shared: a test uses agents of its own names, and leaves nothing that asks for anybody. */
  readonly stack: Stack
  /** A name for an agent that no other test has. */
  readonly agent: string
  /** Console errors that this test provokes. All others fail it. */
  readonly provokes: RegExp[]
  readonly signedIn: Page
  /** Signed in as well, with nothing open: for a test that goes elsewhere first. */
  readonly admitted: Page
  /** Another Holdpoint, for this test alone: it may be broken. */
  readonly fragile: Stack
}

/** What a browser says when the server or the network is gone: for tests that take it away. */
export const lostConnection =
  /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_CONTENT_LENGTH|ERR_SOCKET|Failed to fetch|ERR_NETWORK/

let named = 0

export const test = base.extend<TestFixtures, WorkerFixtures>({
  shared: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
    async ({}, use) => {
      const stack = await Stack.start()
      await use(stack)
      await stack.end()
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  stack: async ({ shared, agent }, use) => {
    await use(shared)
    await shared.withdraw(agent)
  },
  fragile: [
    async ({ page }, use) => {
      const stack = await Stack.start()
      await use(stack)
      // Else it asks for a server that is being stopped, and that is an error in its console.
      await page.goto('about:blank')
      await stack.end()
    },
    { timeout: 600_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  agent: async ({}, use, { workerIndex }) => {
    named += 1
    await use(`clerk-${workerIndex}-${named}-it`)
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  provokes: async ({}, use) => {
    await use([])
  },
  page: async ({ page, provokes }, use, { status }) => {
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(String(error)))
    await use(page)
    const unexpected = errors.filter((text) => !provokes.some((known) => known.test(text)))
    if (unexpected.length > 0)
      throw new Error(`errors in the browser's console (test ${status}):\n${unexpected.join('\n')}`)
  },
  signedIn: async ({ page, stack }, use) => {
    await signIn(page, stack)
    await use(page)
  },
  admitted: async ({ page, stack }, use) => {
    await admit(page, stack)
    await use(page)
  },
})

/** Signs in as a person does: with the link from the terminal. */
export async function signIn(page: Page, stack: Stack): Promise<void> {
  await page.goto(stack.signInUrl)
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ state: 'attached' })
}

/** The same without a page: its cookie is there, and the first page is the test's own. */
export async function admit(page: Page, stack: Stack): Promise<void> {
  await expect(await page.request.get(stack.signInUrl)).toBeOK()
}
