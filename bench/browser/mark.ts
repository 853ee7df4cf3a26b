import type { Page } from '@playwright/test'
import { Client } from 'pg'

import { wallClock } from '../stamps.ts'

const MARKS = 5

/**
 * Milliseconds from the commit of one more change to a row on screen until the page has drawn it, under whatever else
 * goes on: a page that draws smoothly what is long past is not live.
 */
export async function commitToRow(
  page: Page,
  agentUrl: string,
  seen: (ms: number) => void,
): Promise<void> {
  const client = new Client({ connectionString: agentUrl })
  await client.connect()
  try {
    for (let i = 0; i < MARKS; i += 1) {
      const mark = `mark ${Math.random().toString(36).slice(2)}`
      const run = await page.locator('[data-run]').nth(i).getAttribute('data-run')
      if (run === null) throw new Error('There is no row to mark.')
      const drawn = page.evaluate(waitFor, { run, mark })
      await client.query(
        'update workflow_checkpoints set current_step = $2 where workflow_id = $1',
        [run, mark],
      )
      const committed = wallClock()
      seen(Math.max(0, (await drawn) - committed))
    }
  } finally {
    await client.end()
  }
}

/** Runs in the page. @returns the wall clock of the frame before which the row showed the mark, or a minute later */
async function waitFor({ run, mark }: { run: string; mark: string }): Promise<number> {
  return new Promise((resolve) => {
    const until = performance.now() + 60_000
    const look = (): void => {
      const row = document.querySelector(`[data-run="${run}"]`)
      if (row?.textContent.includes(mark) === true || performance.now() > until)
        resolve(performance.timeOrigin + performance.now())
      else requestAnimationFrame(look)
    }
    look()
  })
}
