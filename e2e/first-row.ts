import type { Page } from '@playwright/test'

import { isLive } from './screens.ts'

/** For how long (ms) rows wait for what stands above them: here for ever, or a busy machine would show them without. */
const patienceMs = 2_000

interface Seen {
  /** Frames with a row and without the line above it. */
  readonly without: number
  readonly with: number
}

/**
 * Looks at the fleet in each frame that is drawn, from now on; its loops are read when all else is there already.
 * @returns how often a row was seen before the line of this agent's loop, which may be folded away, and with it
 */
export async function watchFirstRow(page: Page, agent: string): Promise<() => Promise<Seen>> {
  await page.addInitScript(
    ([name, patience]) => {
      const later = window.setTimeout.bind(window)
      const seen = { without: 0, with: 0 }
      Object.assign(window, {
        firstRowSeen: seen,
        setTimeout: (work: () => void, ms?: number) => (ms === patience ? 0 : later(work, ms)),
      })
      const look = () => {
        const row = document.querySelector('[role=grid] [data-run]')
        const lines = document.querySelector('section[aria-label="Needs you"]')?.textContent ?? ''
        const told = 'loopsRead' in window && (lines.includes(name) || /Show \d/.test(lines))
        if (row?.checkVisibility({ visibilityProperty: true }) === true)
          seen[told ? 'with' : 'without'] += 1
        requestAnimationFrame(look)
      }
      look()
    },
    [agent, patienceMs] as const,
  )
  await page.route(/loops\.list/, async (route) => {
    await isLive(page)
    const response = await route.fetch()
    await page.evaluate(() => Object.assign(window, { loopsRead: true }))
    await route.fulfill({ response })
  })
  return async () => page.evaluate(() => (window as unknown as { firstRowSeen: Seen }).firstRowSeen)
}
