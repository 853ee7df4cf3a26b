import type { Run } from '@holdpoint/sdk'

import { asAgent } from '../work/as-agent.ts'
import { writeText } from '../work/files.ts'
import { http } from '../work/http.ts'
import { type Job, keepWorking } from '../work/keep-working.ts'
import { between, think, wait } from '../work/think.ts'

const LOOKS = 5

/** Looks at the orders now and then, and waits on purpose in between: declared waiting is not stalled. */
async function watch(run: Run): Promise<void> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const order = await run.step('look at orders', { input: { look } }, async (step) =>
      http<{ state: string }>(step, 'shop.get_order', {
        path: `/orders/${look}`,
        idempotent: true,
      }),
    )
    await run.step('note figures', { input: order }, async (step) =>
      think(step, 'What changed since the last look?', `The sample order is ${order.state}.`),
    )
    const ms = between(35_000, 55_000)
    await run.waitingOn({ kind: 'timer', what: 'next look', until: new Date(Date.now() + ms) })
    await wait(ms, run.signal)
  }
  await run.step('write report', async (step) =>
    writeText(step, 'file.write', 'report.txt', `${LOOKS} looks, nothing odd.\n`, {
      reversible: true,
    }),
  )
}

const job = (): Job => ({
  spec: { goal: 'Watch the orders and report', skillVersion: '1' },
  work: watch,
})

export const live = async (): Promise<never> =>
  asAgent(
    keepWorking({
      agent: 'nightly-report',
      skill: 'nightly-report',
      atATime: 1,
      pauseMs: 20_000,
      job,
    }),
  )
