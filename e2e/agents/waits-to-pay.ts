// An agent that asks before it pays, and waits once more before it does: for a line on its input.
import { createInterface } from 'node:readline'

import { supervise } from '@holdpoint/sdk'

const [agent = '', runId = ''] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

await supervise({ agent, runId, goal: 'Settle the refund claim', leaseMs: 2000 }, async (run) => {
  await run.step('look', () => say('looked'))
  await run.step('refund', async (step) => {
    const answer = await step.approve({
      tool: 'payments.refund',
      target: 'order 1042',
      arguments: { order: 1042, eur: 129.9 },
    })
    say(`answer ${answer.decision}`)
    if (answer.decision === 'rejected') return
    await lines.next()
    const call = { target: 'order 1042', request: answer.arguments }
    await step.action('payments.refund', call, (_, { request }) =>
      say(`paid ${JSON.stringify(request)}`),
    )
  })
})
say('complete')
process.exit(0)
