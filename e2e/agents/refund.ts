// An agent that may not pay before someone said so.
import { supervise } from '@holdpoint/sdk'

const [agent = '', text = ''] = process.argv.slice(2)
const refund = JSON.parse(text) as Record<string, unknown>

await supervise({ agent, goal: 'Settle the refund claim of order 1042' }, async (run) => {
  await run.step('refund', async (step) => {
    const answer = await step.approve({
      tool: 'payments.refund',
      target: 'order 1042',
      arguments: refund,
      reason: 'The parcel arrived broken.',
      reversible: false,
      risk: 'high',
    })
    process.stdout.write(`${JSON.stringify(answer)}\n`)
    if (answer.decision === 'rejected') return
    await step.action('payments.refund', { target: 'order 1042', request: refund }, () => {
      process.stdout.write('paid\n')
      return { paid: true }
    })
  })
})
process.stdout.write('complete\n')
